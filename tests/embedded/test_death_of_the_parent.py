"""Real processes, killed without warning."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catering import embedded
from tests.embedded.talking import redis, sql
from tests.waiting import is_gone, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tether is Linux's")

PARENT = """
import json, sys, time
from pathlib import Path
from catering import embedded

servers = embedded.start(Path(sys.argv[1]), postgres=True, redis=True)
about = [servers.database_url, servers.redis_url, servers.pids()]
print(json.dumps(about), flush=True)
time.sleep(60)
"""


def test_servers_go_with_a_killed_parent_and_the_next_start_finds_all_that_was_committed(
    data: Path,
) -> None:
    for round_ in (1, 2):
        with _parent(data) as parent:
            database, cache, pids = _said(parent)
            sql(
                database,
                "CREATE TABLE IF NOT EXISTS kept (it int)",
                f"INSERT INTO kept VALUES ({round_})",
                "SELECT 1",
            )
            redis(cache, "SET", f"kept-{round_}", "yes")
            parent.kill()
        until(lambda: all(is_gone(pid) for pid in pids.values()))  # noqa: B023 - used at once
    with embedded.start(data, postgres=True, redis=True) as servers:
        assert sql(servers.database_url, "SELECT sum(it) FROM kept") == 3
        assert redis(servers.redis_url, "EXISTS", "kept-1", "kept-2") == 2


def test_the_next_start_need_not_wait_for_the_old_servers_to_be_gone(data: Path) -> None:
    with _parent(data) as parent:
        _said(parent)
        parent.kill()
    with embedded.start(data, postgres=True, redis=True) as servers:
        assert sql(servers.database_url, "SELECT 1") == 1


def _parent(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PARENT, str(data)], stdout=subprocess.PIPE)


def _said(parent: subprocess.Popen[bytes]) -> Any:
    assert parent.stdout
    return json.loads(parent.stdout.readline())
