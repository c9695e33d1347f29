"""What a client is told when a request, or an operation as a whole, fails.

Errors that were meant for him keep their words and get a code. Everything else is a bug, or an
outage: he gets the id of his request, and the log gets the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError
from starlette.responses import Response
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from catering.database import is_passing
from catering.domain.refusals import ErrorCode, Refused

from . import identifying, strictly
from .codes import Code, status

MASK: Final = "Something went wrong on our side."
AWAY: Final = "We cannot answer just now. Try again."

log = logging.getLogger(__name__)


class Fault(Exception):
    """A request that fails before there is an operation."""

    def __init__(self, code: Code, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.headers = code, message, headers

    @property
    def error(self) -> dict[str, Any]:
        """As it is told."""
        return {"message": self.message, "extensions": _extensions(self.code)}

    def response(self, media_type: str = "application/json") -> Response:
        """The same as an answer."""
        body = {"errors": [self.error]}
        return Response(strictly.encoded(body), status(self.code), self.headers, media_type)


MOST: Final = 10
"""Errors that are told in one answer."""


def told(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """The errors of one answer as the client may see them, the first ten.

    Those that are bugs are logged, also behind the tenth: each kind once, however often it came.
    """
    bugs: dict[tuple[object, ...], list[GraphQLError]] = {}
    for error in errors:
        if (cause := error.original_error) is not None and _is_a_bug(error, cause):
            bugs.setdefault((type(cause), str(cause)), []).append(error)
    for same in bugs.values():
        log.error(
            "Request %s failed at %s%s", identifying.current(), same[0].path,
            f" and {len(same) - 1} more" if same[1:] else "", exc_info=same[0].original_error,
        )  # fmt: skip
    return [_told(error) for error in errors[:MOST]]


def _told(error: GraphQLError) -> GraphQLError:
    """With a code, and without our insides."""
    message, extensions = _said(error)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={**(error.extensions or {}), **extensions},
    )


def _said(error: GraphQLError) -> tuple[str, dict[str, Any]]:
    cause = error.original_error
    if isinstance(cause, Refused):
        refusal = cause.refusals[0]
        return refusal.message, _extensions(_WORDS.get(refusal.code, refusal.code))
    if isinstance(cause, _NO_OPERATION):
        return error.message, _extensions(Code.OPERATION_RESOLUTION_FAILURE)
    if cause is None or isinstance(cause, GraphQLError) or _is_about_a_value(error):
        is_syntax = isinstance(error, GraphQLSyntaxError)
        code = Code.GRAPHQL_PARSE_FAILED if is_syntax else Code.BAD_USER_INPUT
        return error.message, _extensions((error.extensions or {}).get("code", code))
    if isinstance(cause, TimeoutError) and error.path is None:
        return "The operation took too long.", _extensions(Code.TIMEOUT)
    if is_passing(cause):
        log.warning("An operation failed because the database is away: %r", cause)
        return AWAY, _extensions(Code.UNAVAILABLE)
    return MASK, _extensions(Code.INTERNAL_SERVER_ERROR)


def _is_a_bug(error: GraphQLError, cause: Exception) -> bool:
    meant = isinstance(cause, (Refused, GraphQLError, *_NO_OPERATION))
    return not (meant or _is_about_a_value(error) or is_passing(cause))


def _extensions(code: str) -> dict[str, Any]:
    if code == Code.INTERNAL_SERVER_ERROR:
        return {"code": str(code), "requestId": identifying.current()}
    return {"code": str(code)}


def _is_about_a_value(error: GraphQLError) -> bool:
    """A value that a scalar would not take carries a cause, too, but no path: nothing has run."""
    return error.path is None and bool(error.nodes)


_NO_OPERATION = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)

_WORDS: Final[dict[str, str]] = {ErrorCode.INVALID_INPUT: Code.BAD_USER_INPUT}
"""Where a refusal of the domain is an error of the request, it has Apollo's word for it."""
