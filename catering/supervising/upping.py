"""`catering up`: look around, start the servers, and run the system on them until told to stop."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from catering import embedded, running
from catering.embedded import CannotStart, Servers
from catering.settings import DEFAULT_DATA, Settings
from catering.supervising.stopping import Wish
from catering.supervising.system import System
from catering.supervising.telling import Teller

UNKNOWN_YET = {"CATERING_DATABASE_URL": "embedded", "CATERING_REDIS_URL": "embedded"}


def up(*, demo: bool, workers: int = 1) -> int:
    """Run everything until told to stop; the exit code of the command."""
    teller = Teller(sys.stdout)
    given = {name: value for name, value in os.environ.items() if value}
    with Wish() as wish:
        try:
            _refuse_second(given)
            settings = Settings.read(UNKNOWN_YET | given)
            _refuse_taken(settings.port, "the API", "CATERING_PORT")
            _refuse_taken(settings.simulator_port, "the simulators", "CATERING_SIMULATOR_PORT")
            with _servers(given, settings, teller) as servers:
                system = System(_on(servers, settings), servers, teller, wish)
                return system.run(demo=demo, workers=workers)
        except CannotStart as refusal:
            teller.say_beside(str(refusal))
            return 1


def _refuse_second(given: Mapping[str, str]) -> None:
    data = Path(given.get("CATERING_DATA", DEFAULT_DATA))
    if found := running.find(data):
        raise CannotStart(
            f"Catering already runs here: process {found.pid}, http://127.0.0.1:{found.port}/. "
            f"Stop it with Ctrl-C there, or with `kill {found.pid}`, or start another one with its "
            "own CATERING_DATA, CATERING_PORT and CATERING_SIMULATOR_PORT."
        )


def _refuse_taken(port: int, who: str, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of 127.0.0.1, meant for {who}, cannot be used "
                f"({error.strerror}). Choose another one: {variable}={port + 1} make run"
            ) from None


def _servers(given: Mapping[str, str], settings: Settings, teller: Teller) -> Servers:
    return embedded.start(
        settings.data,
        postgres="CATERING_DATABASE_URL" not in given,
        redis="CATERING_REDIS_URL" not in given,
        say=teller.say,
    )


def _on(servers: Servers, settings: Settings) -> Settings:
    return replace(
        settings,
        data=settings.data.resolve(),
        database_url=servers.database_url or settings.database_url,
        redis_url=servers.redis_url or settings.redis_url,
    )
