"""Every code that an error of ours can have, and the one table of what HTTP calls it.

The words are Apollo's where Apollo has one, so that clients and tools know them already.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final


class Code(StrEnum):
    """`extensions.code` of an error that belongs to no type of the schema."""

    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_IN_LIST = "PERSISTED_QUERY_NOT_IN_LIST"
    QUERY_NOT_IN_SAFELIST = "QUERY_NOT_IN_SAFELIST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    UNAVAILABLE = "UNAVAILABLE"
    TIMEOUT = "TIMEOUT"


STATUS: Final[dict[Code, int]] = {
    Code.BAD_REQUEST: 400,
    Code.GRAPHQL_PARSE_FAILED: 400,
    Code.GRAPHQL_VALIDATION_FAILED: 400,
    Code.OPERATION_RESOLUTION_FAILURE: 400,
    # Half of a handshake, and no mistake: clients that give up at a 400 would never send the text.
    Code.PERSISTED_QUERY_NOT_FOUND: 200,
    Code.PERSISTED_QUERY_NOT_IN_LIST: 400,
    Code.QUERY_NOT_IN_SAFELIST: 400,
    Code.BAD_USER_INPUT: 400,
    Code.QUERY_TOO_COMPLEX: 400,
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NOT_ACCEPTABLE: 406,
    Code.REQUEST_TIMEOUT: 408,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.RATE_LIMITED: 429,
    Code.TOO_MANY_OPERATIONS: 429,
    Code.INTERNAL_SERVER_ERROR: 500,
    Code.UNAVAILABLE: 503,
    Code.TIMEOUT: 503,
}
"""Of an operation that never began. One that did is answered 200, whatever went wrong in it."""


def status(code: Any) -> int:
    """What HTTP calls it. An operation that a code of the schema kept from beginning is a 400."""
    return STATUS.get(code, 400)
