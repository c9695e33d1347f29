"""Everything that can be set from outside, read from the environment once and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

DEFAULT_PORT = 8000
DEFAULT_SIMULATOR_PORT = 8100


@dataclass(frozen=True, slots=True)
class Settings:
    """One frozen object for the whole process; `docs/settings.md` explains each value."""

    database_url: str
    redis_url: str
    port: int = DEFAULT_PORT
    simulator_port: int = DEFAULT_SIMULATOR_PORT
    development: bool = True
    data: Path = field(default=Path(".catering"))
    origins: tuple[str, ...] = ()
    access_token_life: timedelta = timedelta(minutes=15)
    refresh_token_life: timedelta = timedelta(days=30)

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings this process was started with.

        Raises `MissingSetting` when there is no database or Redis to talk to.
        """
        return cls(
            database_url=_required(environment, "CATERING_DATABASE_URL"),
            redis_url=_required(environment, "CATERING_REDIS_URL"),
            port=int(environment.get("CATERING_PORT", DEFAULT_PORT)),
            simulator_port=int(environment.get("CATERING_SIMULATOR_PORT", DEFAULT_SIMULATOR_PORT)),
            development=environment.get("CATERING_PROFILE", "development") == "development",
            data=Path(environment.get("CATERING_DATA", ".catering")),
            origins=tuple(filter(None, environment.get("CATERING_ORIGINS", "").split(","))),
        )


class MissingSetting(Exception):
    """A value without which this process cannot work, and how to give it."""


def _required(environment: Mapping[str, str], name: str) -> str:
    try:
        return environment[name]
    except KeyError:
        raise MissingSetting(
            f"{name} is not set. `catering up` starts embedded servers and sets it; "
            "any other command needs it, or a running `catering up` in this folder."
        ) from None
