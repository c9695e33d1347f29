from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed to the servers' user."""
    with TemporaryDirectory() as folder:
        yield opened(Path(folder))


@pytest.fixture
def data(open_folder: Path) -> Path:
    return open_folder / "data"


def opened(folder: Path) -> Path:
    folder.chmod(0o755)
    return folder
