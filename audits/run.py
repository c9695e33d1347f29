"""`make audit`: the product as a stranger's client meets it.

Starts `catering up` in the development profile on free ports, with a database, a Redis and a data
folder of its own, runs every audit against it, and stops it whatever happens. Ends with 1 if an
audit found anything.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SCHEMA: Final = HERE.parent / "schema.graphql"
PATIENCE: Final = 180
"""Seconds until it has to be ready; the first start unpacks the servers."""

SOON: Final = 30
"""Seconds that it may take to stop."""

SHORT: Final = 'subscription Probe { serverTick(interval: "PT0.1S", limit: 3) { sequence } }'
LONG: Final = SHORT.replace("limit: 3", "limit: 3600")
IDLE: Final = SHORT.replace("PT0.1S", "PT1M")
FAILING: Final = SHORT.replace("limit: 3", "limit: 0")
PARTIAL: Final = "query Probe { __typename orders { nodes { id } } }"
FORGED: Final = '{"Authorization": "Bearer forged"}'

PREFLIGHT: Final = "GraphQL-Require-Preflight: 1"
"""One audit asks by GET and names no type that it would like to hear."""

OF_A_SOCKET: Final = 20
"""Operations that a socket may have under way."""

UNASKED: Final = """\
What is skipped wants a document that our schema has not, and should not have:
  W68       a subscription that fails after an event: ours outlive what may fail
  W76       a query of 300 ms or more: there is none
  W80, W81, S10, P04   a query for the number of open streams, which is nobody's business; that they
            are closed is shown by tests/live/test_outages.py and tests/transport/test_streams.py
"""


def audits(url: str) -> dict[str, list[str]]:
    """The command line of each."""
    live = [f"--sub={SHORT}", f"--long={LONG}", f"--fail={FAILING}"]
    return {
        "audit-http": [url, "--strict", f"--header={PREFLIGHT}"],
        "audit-ws": [url, *live, f"--denied={FORGED}", f"--max-ops={OF_A_SOCKET}"],
        "audit-sse": [url, *live, f"--idle={IDLE}"],
        "audit-clients": [url, f"--sub={SHORT}", f"--partial={PARTIAL}"],
        "audit-schema": [str(SCHEMA)],
    }


def main(chosen: list[str]) -> int:
    """Run those that were named, or all; the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with product() as url:
        wanted = {name: line for name, line in audits(url).items() if not chosen or name in chosen}
        verdicts = {name: _run(name, line) for name, line in wanted.items()}
    print("\nSummary")
    for name, (fine, last_line) in verdicts.items():
        print(f"  {'ok  ' if fine else 'FAIL'} {name:<14} {last_line}")
    print(UNASKED)
    return 0 if verdicts and all(fine for fine, _ in verdicts.values()) else 1


@contextmanager
def product() -> Iterator[str]:
    """A running Catering; the address of its endpoint."""
    port, simulator_port = _free_ports()
    with tempfile.TemporaryDirectory(prefix="catering-audit-") as folder:
        log = Path(folder) / "up.log"
        command = [sys.executable, "-m", "catering", "up"]
        environment = _environment(port, simulator_port, Path(folder) / "data")
        with log.open("wb") as output:
            running = subprocess.Popen(  # noqa: S603
                command, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                _await(running, f"http://127.0.0.1:{port}/health/ready", log)
                yield f"http://127.0.0.1:{port}/graphql"
            finally:
                _stop(running)


def _environment(port: int, simulator_port: int, data: Path) -> Mapping[str, str]:
    # Nothing of whoever audits is touched: servers that he has set are not ours to fill.
    theirs = ("CATERING_DATABASE_URL", "CATERING_REDIS_URL", "CATERING_ORIGINS")
    kept = {name: value for name, value in os.environ.items() if name not in theirs}
    return kept | {
        "CATERING_PROFILE": "development",
        "CATERING_PORT": str(port),
        "CATERING_SIMULATOR_PORT": str(simulator_port),
        "CATERING_DATA": str(data),
    }


def _await(running: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"Catering did not become ready:\n{log.read_text()}")


def _stop(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(SOON)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def _run(name: str, line: list[str]) -> tuple[bool, str]:
    print(f"\n{name}", flush=True)
    ran = subprocess.run(  # noqa: S603
        ["node", f"{name}.mjs", *line],  # noqa: S607
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(ran.stdout, flush=True)
    told = ran.stdout.strip().splitlines()
    return ran.returncode == 0, told[-1] if told else "said nothing"


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
