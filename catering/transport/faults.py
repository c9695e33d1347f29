"""What a client is told when an operation fails as a whole.

Errors that were meant for him keep their words and get a code. Everything else is a bug, or an
outage: he gets a request id, and the log gets the rest.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

from graphql import GraphQLError
from starlette.responses import JSONResponse
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from catering.database import is_passing
from catering.domain.refusals import Refused

log = logging.getLogger(__name__)


def told(error: GraphQLError) -> GraphQLError:
    """The error as the client may see it: with a code, and without our insides."""
    message, extensions = _said(error)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={**(error.extensions or {}), **extensions},
    )


def response(status: int, code: str, message: str, headers: dict[str, str]) -> JSONResponse:
    """A request that failed before there was an operation."""
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return JSONResponse(body, status, headers)


def _said(error: GraphQLError) -> tuple[str, dict[str, Any]]:
    cause = error.original_error
    if isinstance(cause, Refused):
        refusal = cause.refusals[0]
        return refusal.message, {"code": refusal.code}
    if cause is None or isinstance(cause, GraphQLError) or _is_about_the_document(error):
        return error.message, {} if "code" in (error.extensions or {}) else {"code": "BAD_REQUEST"}
    if isinstance(cause, TimeoutError) and error.path is None:
        return "The operation took too long.", {"code": "TIMEOUT"}
    if is_passing(cause):
        log.warning("An operation failed because the database is away: %r", cause)
        return "We cannot answer just now. Try again.", {"code": "UNAVAILABLE"}
    request_id = uuid4().hex
    log.error("Request %s failed at %s", request_id, error.path, exc_info=cause)
    return "Something went wrong on our side.", {"code": "INTERNAL", "requestId": request_id}


def _is_about_the_document(error: GraphQLError) -> bool:
    """A value that a scalar would not take carries a cause, too, but no path: nothing has run."""
    return isinstance(error.original_error, _NO_OPERATION) or (
        error.path is None and bool(error.nodes)
    )


_NO_OPERATION = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
