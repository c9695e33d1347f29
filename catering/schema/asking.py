"""Reading what clients send, with a typed refusal for what cannot be."""

from __future__ import annotations

from uuid import UUID

from strawberry import ID

from catering.domain import ids
from catering.domain.ids import NotAnId, Prefix
from catering.domain.refusals import InvalidInput, NotFound, Refused

LONGEST_KEY = 200
LONGEST_NOTE = 500
LONGEST_TOKEN = 255


def decoded(prefix: Prefix, id: ID, *path: str) -> UUID:
    """The UUID of an id of this kind. Raises `Refused(NotFound)`: there can be no such thing."""
    try:
        kind, uuid = ids.decode(id)
    except NotAnId:
        kind = None
    if kind is not prefix:
        raise Refused(NotFound(f"“{id[:40]}” names nothing here.", path))
    return uuid


def required(text: str, most: int, *path: str) -> str:
    """The text, if there is any, and not more than that. Raises `Refused(InvalidInput)`."""
    if not 1 <= len(text.strip()) <= most:
        raise Refused(InvalidInput(f"1 to {most} characters.", path, rule="length"))
    return text.strip()


def short(text: str | None, most: int, *path: str) -> str | None:
    """The text, if it is not longer than that. Raises `Refused(InvalidInput)`."""
    if text is not None and len(text) > most:
        raise Refused(InvalidInput(f"At most {most} characters.", path, rule="max_length"))
    return text
