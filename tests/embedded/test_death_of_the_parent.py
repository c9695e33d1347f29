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


def test_servers_go_with_a_killed_parent_and_nothing_that_was_committed_goes(data: Path) -> None:
    _start_store_and_kill(data, 1)
    pids = _start_store_and_kill(data, 2)  # at once: the old servers may still be ending
    until(lambda: all(is_gone(pid) for pid in pids))
    with embedded.start(data, postgres=True, redis=True) as servers:
        assert sql(servers.database_url, "SELECT sum(it) FROM kept") == 3
        assert redis(servers.redis_url, "EXISTS", "kept-1", "kept-2") == 2


def _start_store_and_kill(data: Path, number: int) -> list[int]:
    with _parent(data) as parent:
        database, cache, pids = _said(parent)
        create = "CREATE TABLE IF NOT EXISTS kept (it int)"
        sql(database, create, f"INSERT INTO kept VALUES ({number}) RETURNING it")
        redis(cache, "SET", f"kept-{number}", "yes")
        parent.kill()
    return list(pids.values())


def _parent(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PARENT, str(data)], stdout=subprocess.PIPE)


def _said(parent: subprocess.Popen[bytes]) -> Any:
    assert parent.stdout
    return json.loads(parent.stdout.readline())
