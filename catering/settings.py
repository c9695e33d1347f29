"""Everything that can be set from outside, read from the environment once and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from catering import running
from catering.domain.archiving import ARCHIVE_AFTER, HISTORY
from catering.watching.lines import Form

DEFAULT_PORT = 8000
DEFAULT_SIMULATOR_PORT = 8100
DEFAULT_DATA = ".catering"
DEFAULT_SENDER = "Catering <noreply@localhost>"
DEFAULT_USER_BUDGET = 200_000
DEFAULT_ADDRESS_BUDGET = 100_000
GENEROUS = 100
"""What every budget is multiplied by in development, where one machine is everybody."""


class Trust(StrEnum):
    """Which documents are executed."""

    OFF = "off"
    PREFERRED = "preferred"
    REQUIRED = "required"


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
    osrm_url: str | None = None
    access_token_life: timedelta = timedelta(minutes=15)
    refresh_token_life: timedelta = timedelta(days=30)
    trusted_documents: Trust = Trust.OFF
    document_manifests: tuple[Path, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    budget_of_a_user: int = DEFAULT_USER_BUDGET
    budget_of_an_address: int = DEFAULT_ADDRESS_BUDGET
    rate_factor: int = GENEROUS
    sockets_per_user: int = 50
    archive_after: timedelta = ARCHIVE_AFTER
    history: timedelta = HISTORY
    metrics_token: str | None = field(default=None, repr=False)
    metrics_port: int | None = None
    log: Form = Form.TEXT

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings this process was started with.

        What is unset is taken from the `catering up` that is running on the data folder, so that
        other commands work beside it.
        Raises `MissingSetting` when there is no database or Redis to talk to, and `BadSetting` for
        a value that cannot be.
        """
        data = Path(environment.get("CATERING_DATA", DEFAULT_DATA))
        told = _with_what_runs(environment, data)
        development = told.get("CATERING_PROFILE", "development") == "development"
        simulator_port = int(told.get("CATERING_SIMULATOR_PORT") or DEFAULT_SIMULATOR_PORT)
        simulator = f"http://127.0.0.1:{simulator_port}"
        return cls(
            database_url=_required(told, "CATERING_DATABASE_URL"),
            redis_url=_required(told, "CATERING_REDIS_URL"),
            host=told.get("CATERING_HOST", "127.0.0.1"),
            port=int(told.get("CATERING_PORT") or DEFAULT_PORT),
            simulator_port=simulator_port,
            simulator_url=told.get("CATERING_SIMULATOR_URL") or simulator,
            development=development,
            data=data,
            origins=_listed(told, "CATERING_ORIGINS"),
            trusted_documents=_trust(told),
            document_manifests=tuple(map(Path, _listed(told, "CATERING_DOCUMENT_MANIFESTS"))),
            trusted_proxies=_networks(told),
            budget_of_a_user=_points(told, "CATERING_BUDGET_USER", DEFAULT_USER_BUDGET),
            budget_of_an_address=_points(told, "CATERING_BUDGET_ADDRESS", DEFAULT_ADDRESS_BUDGET),
            rate_factor=_points(told, "CATERING_RATE_FACTOR", GENEROUS if development else 1),
            smtp_url=told.get("CATERING_SMTP_URL") or None,
            mail_from=told.get("CATERING_MAIL_FROM") or DEFAULT_SENDER,
            osrm_url=told.get("CATERING_OSRM_URL") or None,
            app_url=told.get("CATERING_APP_URL") or None,
            sockets_per_user=int(told.get("CATERING_SOCKETS_PER_USER") or 50),
            archive_after=_days(told, "CATERING_ARCHIVE_AFTER_DAYS", ARCHIVE_AFTER),
            history=_days(told, "CATERING_HISTORY_DAYS", HISTORY),
            log=_form(told),
            metrics_token=told.get("CATERING_METRICS_TOKEN") or None,
            metrics_port=_port(told, "CATERING_METRICS_PORT"),
        )


class MissingSetting(Exception):
    """A value without which this process cannot work, and how to give it."""


class BadSetting(Exception):
    """A value that cannot be, and what could."""


def _with_what_runs(environment: Mapping[str, str], data: Path) -> Mapping[str, str]:
    found = running.find(data)
    if found is None:
        return environment
    return found.environment() | {name: value for name, value in environment.items() if value}


def _listed(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, environment.get(name, "").split(","))))


def _trust(environment: Mapping[str, str]) -> Trust:
    name = "CATERING_TRUSTED_DOCUMENTS"
    told = environment.get(name) or "off"
    try:
        return Trust(told)
    except ValueError:
        raise BadSetting(f"{name} is {', '.join(Trust)}, not {told}.") from None


def _form(environment: Mapping[str, str]) -> Form:
    told = environment.get("CATERING_LOG") or "text"
    try:
        return Form(told)
    except ValueError:
        raise BadSetting(f"CATERING_LOG is {' or '.join(Form)}, not {told}.") from None


def _networks(environment: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    name = "CATERING_TRUSTED_PROXIES"
    try:
        return tuple(ip_network(each) for each in _listed(environment, name))
    except ValueError as error:
        raise BadSetting(f"{name} lists addresses and networks as 10.0.0.0/8: {error}.") from None


def _points(environment: Mapping[str, str], name: str, default: int) -> int:
    told = environment.get(name) or str(default)
    if not told.isdecimal() or not 0 < int(told[:10]) <= 10**9:
        raise BadSetting(f"{name} is a whole number from 1 to a thousand million, not {told}.")
    return int(told)


def _days(environment: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    told = environment.get(name)
    return timedelta(days=float(told)) if told else default


def _port(environment: Mapping[str, str], name: str) -> int | None:
    told = environment.get(name) or None
    if told is not None and not (told.isdecimal() and 0 < int(told[:6]) < 65_536):
        raise BadSetting(f"{name} is a port from 1 to 65535, not {told}.")
    return None if told is None else int(told)


def _required(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    raise MissingSetting(
        f"{name} is not set. `catering up` starts embedded servers and sets it; "
        "any other command needs it, or a running `catering up` in this folder."
    )
