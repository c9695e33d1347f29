"""What is wrong outside of us, in one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from socket import gaierror

from asyncpg import exceptions as postgres
from redis.exceptions import ConnectionError as RedisIsAway
from redis.exceptions import RedisError
from sqlalchemy.exc import ArgumentError

from catering.embedded import CannotStart
from catering.providers.mail import BadMailSetting
from catering.settings import BadSetting, MissingSetting

START = "start it, or leave the setting out and let `catering up` start an embedded one"
EXAMPLE = "postgresql://user:password@127.0.0.1:5432/catering"

_REFUSALS = (
    postgres.InvalidAuthorizationSpecificationError,
    postgres.InvalidCatalogNameError,
    postgres.CannotConnectNowError,
    postgres.TooManyConnectionsError,
    postgres.InsufficientPrivilegeError,
)
_NOT_MIGRATED = (
    postgres.UndefinedTableError,
    postgres.UndefinedColumnError,
    postgres.UndefinedFunctionError,
)


def complaint(error: BaseException) -> str | None:
    """The sentence for the user; None when the mistake is ours and wants a traceback."""
    sentences = (_sentence(cause) for cause in _chain(error))
    return next(filter(None, sentences), None)


def _sentence(error: BaseException) -> str | None:
    match error:
        case MissingSetting() | BadSetting() | CannotStart() | BadMailSetting():
            return str(error)
        case RedisIsAway():
            return f"Redis cannot be reached: {error} Check CATERING_REDIS_URL; {START}."
        case RedisError():
            return f"Redis refuses: {error} Check the user and password in CATERING_REDIS_URL."
        case ArgumentError():
            return f"CATERING_DATABASE_URL is no address; one looks like {EXAMPLE}."
        case _ if isinstance(error, _NOT_MIGRATED):
            return f"The database is not up to date ({error}). Run `catering migrate`."
        case _ if isinstance(error, _REFUSALS):
            return f"PostgreSQL refuses: {error}. Check CATERING_DATABASE_URL."
        case ConnectionRefusedError() | ConnectionResetError() | TimeoutError() | gaierror():
            return f"PostgreSQL cannot be reached: {error}. Check CATERING_DATABASE_URL; {START}."
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
