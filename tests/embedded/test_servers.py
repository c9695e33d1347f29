from __future__ import annotations

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from redis.exceptions import RedisError

from catering import embedded
from catering.embedded import CannotStart, Servers
from tests.embedded.talking import redis, sql
from tests.folders import open_folder
from tests.waiting import is_gone, until


@pytest.fixture(scope="module")
def shared() -> Iterator[Servers]:
    with (
        open_folder() as folder,
        embedded.start(folder / "data", postgres=True, redis=True) as servers,
    ):
        yield servers


def test_a_first_start_gives_an_empty_database_and_an_empty_redis(shared: Servers) -> None:
    assert sql(shared.database_url, "SELECT current_database()") == "catering"
    assert sql(shared.database_url, "SELECT upper('борщ')") == "БОРЩ"
    assert redis(shared.redis_url, "DBSIZE") == 0


def test_nobody_gets_in_without_the_password(shared: Servers) -> None:
    for url in (shared.database_url, shared.redis_url):
        password = urlsplit(url or "").password
        assert password
        assert len(password) > 20
    with pytest.raises(asyncpg.PostgresError):
        sql(str(shared.database_url).replace("catering:", "catering:not-"), "SELECT 1")
    with pytest.raises(RedisError):
        redis(str(shared.redis_url).replace("redis://:", "redis://:not-"), "PING")


def test_the_password_stands_in_no_list_of_processes_and_no_open_file(shared: Servers) -> None:
    password = urlsplit(shared.redis_url or "").password or ""
    for pid in shared.pids().values():
        assert password.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    for file in shared.running["redis"].place.folder.rglob("*"):
        if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o044:
            assert password not in file.read_text(errors="replace")


def test_a_stop_is_clean_and_complete_can_be_repeated_and_loses_nothing(data: Path) -> None:
    servers = embedded.start(data, postgres=True, redis=True)
    sql(servers.database_url, "CREATE TABLE kept AS SELECT 7 AS it", "SELECT 1")
    redis(servers.redis_url, "SET", "kept", "7")
    processes = [server.process for server in servers.running.values() if server.process]
    servers.stop()
    servers.stop()
    assert [process.returncode for process in processes] == [0, 0]
    assert all(is_gone(process.pid) for process in processes)

    with embedded.start(data, postgres=True, redis=True) as servers:
        assert sql(servers.database_url, "SELECT it FROM kept") == 7
        assert redis(servers.redis_url, "GET", "kept") == "7"


def test_only_what_is_asked_for_is_started(data: Path) -> None:
    with embedded.start(data, postgres=False, redis=True) as servers:
        assert servers.database_url is None
        assert list(servers.pids()) == ["redis"]


def test_a_killed_server_comes_back_at_the_same_address_with_its_data(data: Path) -> None:
    servers = embedded.start(data, postgres=True, redis=True)
    sql(servers.database_url, "CREATE TABLE kept AS SELECT 7 AS it", "SELECT 1")
    for pid in servers.pids().values():
        os.kill(pid, signal.SIGKILL)
    revived: list[str] = []

    def both_came_back() -> bool:
        revived.extend(servers.revive())
        return len(revived) >= 2 and _answers(servers)

    until(both_came_back)
    assert all("died (signal 9); started again" in sentence for sentence in revived[:2])
    servers.stop()


def _answers(servers: Servers) -> bool:
    try:
        return bool(sql(servers.database_url, "SELECT it FROM kept") == 7)
    except (OSError, asyncpg.PostgresError):
        return False


def test_a_second_start_on_the_same_folder_says_who_holds_it(data: Path) -> None:
    with (
        embedded.start(data, postgres=False, redis=False),
        pytest.raises(
            CannotStart, match=rf"in use by process {os.getpid()}, since .*CATERING_DATA"
        ),
    ):
        embedded.start(data, postgres=False, redis=False)
    embedded.start(data, postgres=False, redis=False).stop()


def test_a_process_number_that_means_somebody_else_by_now_stops_nothing(data: Path) -> None:
    with embedded.start(data, postgres=True, redis=False):
        pass
    folder = (data / "servers" / "postgres").resolve()
    owner = folder.stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as other:
        (folder / "postmaster.pid").write_text(f"{other.pid}\n{folder}\n1\n1\n\n\n1 1\nready\n")
        with embedded.start(data, postgres=True, redis=False) as servers:
            assert sql(servers.database_url, "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


def test_a_folder_with_a_long_name_is_no_obstacle(folder: Path) -> None:
    with embedded.start(folder / ("long" * 40), postgres=True, redis=True) as servers:
        assert sql(servers.database_url, "SELECT 1") == 1


def test_a_first_start_that_was_cut_short_is_begun_anew(data: Path) -> None:
    with embedded.start(data, postgres=False, redis=True):
        (data / "servers" / "postgres.new").mkdir()
        (data / "servers" / "postgres.new" / "half").touch()
    with embedded.start(data, postgres=True, redis=False) as servers:
        assert sql(servers.database_url, "SELECT 1") == 1


def test_data_of_another_major_version_is_left_alone(data: Path) -> None:
    with embedded.start(data, postgres=False, redis=True):
        (data / "servers" / "postgres").mkdir()
    (data / "servers" / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 14.*CATERING_POSTGRES_BINARIES"):
        embedded.start(data, postgres=True, redis=False)


def test_a_log_that_valkey_cannot_read_is_put_aside(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catering.embedded.serving.TO_LAUNCH", 0)
    with embedded.start(data, postgres=False, redis=True) as servers:
        redis(servers.redis_url, "SET", "some", "thing")
    folder = data / "servers" / "valkey"
    next(folder.glob("appendonlydir/*.manifest")).write_text("nonsense")
    with embedded.start(data, postgres=False, redis=True) as servers:
        assert redis(servers.redis_url, "PING")
    assert list(folder.glob("unreadable-*"))
