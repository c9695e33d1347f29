"""Cursors: places in a list, sealed, so that only what we told comes back, and to the same list."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import SQLColumnExpression

from catering.database import Transaction
from catering.services import keeping

from .context import Context

_SEAL: Final = 16
"""Bytes of HMAC-SHA-256 before the place itself: nobody guesses 128 bits."""

_keys: WeakKeyDictionary[Transaction, bytes] = WeakKeyDictionary()


class BrokenSeal(ValueError):
    """The cursor was altered, made up, or is of another list."""


async def key(context: Context) -> bytes:
    """What the cursors of this database are sealed with. It never changes, so it is read once."""
    if context.transaction not in _keys:
        # Many lists of one operation come here together: the loader asks for all of them.
        read = context.loaders.batched("cursor key", partial(_read_key, context.transaction))
        _keys[context.transaction] = await read.load("cursors")
    return _keys[context.transaction]


async def _read_key(transaction: Transaction, names: list[str]) -> list[bytes]:
    async with transaction() as session:
        return [await keeping.secret(session, name) for name in names]


@dataclass(frozen=True, slots=True)
class Seal:
    """Of one list: what it is of, whose it is, and by what it is sorted."""

    key: bytes
    of: str

    def cursor(self, place: Sequence[Any]) -> str:
        """What clients keep."""
        return self._sealed(json.dumps(place, default=_written, separators=(",", ":")).encode())

    def opened(self, cursor: str, columns: Sequence[SQLColumnExpression[Any]]) -> list[Any]:
        """The place, as the database takes it. Raises `BrokenSeal`."""
        try:
            told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_")[_SEAL:]
            # The whole text and not only the seal: one place has one cursor.
            if not hmac.compare_digest(cursor.encode(), self._sealed(told).encode()):
                raise BrokenSeal
            # From here on it is our own; only a column may have changed its type since.
            pairs = zip(json.loads(told), columns, strict=True)
            return [_read(place, column) for place, column in pairs]
        except (ValueError, TypeError):
            raise BrokenSeal from None

    def _sealed(self, told: bytes) -> str:
        of = hashlib.sha256(self.of.encode()).digest()
        seal = hmac.digest(self.key, of + told, "sha256")[:_SEAL]
        return base64.urlsafe_b64encode(seal + told).decode().rstrip("=")


def _written(place: Any) -> str:
    return place.isoformat() if isinstance(place, datetime) else str(place)


def _read(place: Any, column: Any) -> Any:
    kind = column.type.python_type
    if kind is datetime:
        return datetime.fromisoformat(place).astimezone(UTC)
    if kind is UUID:
        return UUID(place)
    if type(place) is not kind:
        raise ValueError(place)
    return place
