"""Everything that can be set from outside, read from the environment once and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from catering import running
from catering.domain.archiving import ARCHIVE_AFTER

DEFAULT_PORT = 8000
DEFAULT_SIMULATOR_PORT = 8100
DEFAULT_DATA = ".catering"
DEFAULT_SENDER = "Catering <noreply@localhost>"


@dataclass(frozen=True, slots=True)
class Settings:
    """One frozen object for the whole process; `docs/settings.md` explains each value."""

    database_url: str
    redis_url: str
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    simulator_port: int = DEFAULT_SIMULATOR_PORT
    simulator_url: str = f"http://127.0.0.1:{DEFAULT_SIMULATOR_PORT}"
    development: bool = True
    data: Path = field(default=Path(DEFAULT_DATA))
    origins: tuple[str, ...] = ()
    smtp_url: str | None = None
    mail_from: str = DEFAULT_SENDER
    app_url: str | None = None
    access_token_life: timedelta = timedelta(minutes=15)
    refresh_token_life: timedelta = timedelta(days=30)
    sockets_per_user: int = 50
    archive_after: timedelta = ARCHIVE_AFTER

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings this process was started with.

        What is unset is taken from the `catering up` that is running on the data folder, so that
        other commands work beside it.
        Raises `MissingSetting` when there is no database or Redis to talk to.
        """
        data = Path(environment.get("CATERING_DATA", DEFAULT_DATA))
        if found := running.find(data):
            environment = found.environment() | {k: v for k, v in environment.items() if v}
        simulator_port = int(environment.get("CATERING_SIMULATOR_PORT") or DEFAULT_SIMULATOR_PORT)
        return cls(
            database_url=_required(environment, "CATERING_DATABASE_URL"),
            redis_url=_required(environment, "CATERING_REDIS_URL"),
            host=environment.get("CATERING_HOST", "127.0.0.1"),
            port=int(environment.get("CATERING_PORT") or DEFAULT_PORT),
            simulator_port=simulator_port,
            simulator_url=environment.get("CATERING_SIMULATOR_URL")
            or f"http://127.0.0.1:{simulator_port}",
            development=environment.get("CATERING_PROFILE", "development") == "development",
            data=data,
            smtp_url=environment.get("CATERING_SMTP_URL") or None,
            mail_from=environment.get("CATERING_MAIL_FROM") or DEFAULT_SENDER,
            app_url=environment.get("CATERING_APP_URL") or None,
            sockets_per_user=int(environment.get("CATERING_SOCKETS_PER_USER") or 50),
            archive_after=timedelta(
                days=float(environment.get("CATERING_ARCHIVE_AFTER_DAYS") or ARCHIVE_AFTER.days)
            ),
            origins=tuple(filter(None, environment.get("CATERING_ORIGINS", "").split(","))),
        )


class MissingSetting(Exception):
    """A value without which this process cannot work, and how to give it."""


def _required(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    raise MissingSetting(
        f"{name} is not set. `catering up` starts embedded servers and sets it; "
        "any other command needs it, or a running `catering up` in this folder."
    )
