"""Reading what others wrote: tolerant of types, exact about money, and never raising."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from catering.domain.pricing import EXPONENT

LARGEST_AMOUNT = Decimal(10) ** 15


def part(document: Any, *path: str) -> dict[str, Any]:
    """The object at `path`, or an empty one."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def parts(document: Any, name: str) -> list[dict[str, Any]]:
    """The objects in the list called `name`; whatever else is in it is left out."""
    found = document.get(name) if isinstance(document, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def text(value: Any) -> str | None:
    """A text or a number as text; None for nothing, an empty text and everything else.

    Half surrogates and NUL are legal JSON and no database takes them, so they do not get in.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    return str(value).encode("utf-8", "replace").decode().replace("\0", "") or None


def decimal(value: Any) -> Decimal | None:
    """An exact number, also where it came as text ("106", "1.00000")."""
    try:
        number = Decimal(text(value) or "")
    except InvalidOperation:
        return None
    # Compared, not computed with: arithmetic on 1e999999999 would raise, or fill the memory.
    small = number.is_finite() and -LARGEST_AMOUNT < number < LARGEST_AMOUNT
    return number if small else None


def whole(value: Any) -> int | None:
    """A whole number, also where it came as text or with zeros behind a point."""
    number = decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def fraction(value: Any) -> float | None:
    """A measure that is not money: a latitude, a longitude."""
    number = decimal(value)
    return None if number is None else float(number)


def minor(value: Any, currency: str) -> int | None:
    """Minor units from an amount in major ones; None when it has more places than the currency."""
    number = decimal(value)
    return None if number is None else whole(number.scaleb(_places(currency)))


def major(amount: int, currency: str) -> float:
    """An amount in major units, for the wire of providers that want a JSON number.

    A float prints the shortest decimal that means it, so up to 15 digits arrive as we meant them.
    """
    return float(Decimal(amount).scaleb(-_places(currency)))


def instant(value: Any) -> datetime | None:
    """An instant in UTC, from RFC 3339 with an offset. A time without one means nothing to us."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def epoch(seconds: Any) -> datetime | None:
    """An instant in UTC, from Unix seconds. What lies outside 2000..2100 was another unit."""
    number = decimal(seconds)
    if number is None or not 946_684_800 <= number < 4_102_444_800:
        return None
    return datetime.fromtimestamp(float(number), UTC)


def wall(value: Any, zone: ZoneInfo) -> datetime | None:
    """An instant in UTC, from `2026-01-01 19:30:00` on a wall in this zone."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def clipped(words: str | None, longest: int) -> str | None:
    """At most `longest` characters of it, because providers refuse what is longer."""
    return words[:longest] if words else None


def _places(currency: str) -> int:
    return EXPONENT.get(currency, 2)
