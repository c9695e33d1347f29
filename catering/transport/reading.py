"""What a request asks for. Every way in which it can be no request at all ends here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from . import negotiating, strictly
from .codes import Code
from .faults import Fault

LARGEST: Final = 256 * 1024
"""Bytes of a request, or of a message on a socket."""

PATIENCE: Final = 10
"""Seconds that a body may take to come."""

PREFLIGHTS: Final = ("graphql-require-preflight", "apollo-require-preflight")
"""Headers that no page of another site can send without being allowed to."""


MEANT: Final = {"query", "documentId", "extensions"}
"""Parameters of which one says what is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation, not yet looked at. Instead of the `query` there can be what stands for it."""

    query: str | None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None

    @property
    def hash(self) -> str | None:
        """The SHA-256 that Apollo's clients send. Raises `Fault` for what they would not."""
        match (self.extensions or {}).get("persistedQuery"):
            case None:
                return None
            case {"version": 1, "sha256Hash": str(hash)}:
                return hash.lower()
        message = "`extensions.persistedQuery` has a `version` of 1 and a `sha256Hash`."
        raise Fault(Code.BAD_REQUEST, message)


async def asked(request: Request) -> Asked:
    """What is asked for. Raises `Fault`."""
    match request.method:
        case "POST":
            return understood(_json(await _body(request)))
        case "GET" if _is_meant(request):
            return understood(_members(request))
        case "GET":
            message = "GET is for queries that name a JSON type in Accept."
            raise Fault(Code.METHOD_NOT_ALLOWED, message, {"Allow": "POST"})
    raise Fault(Code.METHOD_NOT_ALLOWED, "Use POST, or GET.", {"Allow": "GET, POST"})


def _is_meant(request: Request) -> bool:
    named = any(header in request.headers for header in PREFLIGHTS)
    asks = not MEANT.isdisjoint(request.query_params)
    return asks and (named or negotiating.is_named(request))


def _members(request: Request) -> dict[str, Any]:
    pairs = request.query_params.multi_items()
    members: dict[str, Any] = dict(pairs)
    if len(members) < len(pairs):
        raise Fault(Code.BAD_REQUEST, "A parameter is given twice.")
    for name in ("variables", "extensions"):
        if text := members.pop(name, ""):
            members[name] = None if text == "null" else _json(text)
    return members


async def _body(request: Request) -> bytes:
    _check_type(request)
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > LARGEST:
        raise _too_large()
    taken = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                taken += piece
                if len(taken) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise Fault(Code.REQUEST_TIMEOUT, "The request did not come to its end.") from None
    except ClientDisconnect:
        raise Fault(Code.BAD_REQUEST, "The request did not come to its end.") from None
    return bytes(taken)


def _check_type(request: Request) -> None:
    name, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace('"', "").replace(" ", "")
    plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    if name.strip() != "application/json" or charset not in {"", "charset=utf-8"} or not plain:
        message = "A request is application/json, in UTF-8, not compressed."
        raise Fault(Code.UNSUPPORTED_MEDIA_TYPE, message, {"Accept-Post": "application/json"})


def _too_large() -> Fault:
    return Fault(Code.TOO_LARGE, f"A request has at most {LARGEST} bytes.", {"Connection": "close"})


def _json(data: str | bytes) -> dict[str, Any]:
    try:
        return strictly.decoded(data)
    except JSONDecodeError as error:
        raise Fault(Code.BAD_REQUEST, error.msg) from error


def understood(members: Mapping[str, Any]) -> Asked:
    """What the members of a request, or of a message on a socket, ask for. Raises `Fault`."""
    return Asked(
        _checked(members, "query", str),
        _checked(members, "variables", dict),
        _checked(members, "operationName", str) or None,
        _checked(members, "extensions", dict),
        _checked(members, "documentId", str),
    )


def _checked(members: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = members.get(name)
    if not isinstance(value, kind | None):
        raise Fault(Code.BAD_REQUEST, f"`{name}` is {_WORDS[kind]}, or null.")
    return value


_WORDS: Final[dict[type[Any], str]] = {str: "text", dict: "an object"}
