"""Scalars: what a value may look like on the wire, and what it is inside."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import phonenumbers
import strawberry

_DURATION = re.compile(
    r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6})\d*)?S)?)?"
)


def _read_datetime(value: Any) -> datetime:
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is no date and time; write 2026-05-01T12:30:00Z.") from None
    if read.tzinfo is None:
        raise ValueError(f"{value!r} lacks its offset; add Z or +03:00.")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value!r} is before or after all dates.") from None


def _show_datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_decimal(value: Any) -> Decimal:
    try:
        read = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or abs(read) >= 10**15:
        raise ValueError(f"{value!r} is no amount; write 123.45.")
    return read


def _read_duration(value: Any) -> timedelta:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise ValueError(f"{value!r} is no duration; write PT10M or PT1.5S.")
    days, hours, minutes, seconds, fraction = match.groups()
    try:
        return timedelta(
            days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0),
            seconds=int(seconds or 0), microseconds=int((fraction or "").ljust(6, "0")),
        )  # fmt: skip
    except OverflowError:
        raise ValueError(f"{value!r} is longer than anything here lasts.") from None


def _show_duration(value: timedelta) -> str:
    whole, fraction = divmod(value // timedelta(microseconds=1), 1_000_000)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    rest = f"{seconds}.{fraction:06}".rstrip("0").rstrip(".") if seconds or fraction else ""
    return f"PT{parts}{rest}S" if rest else f"PT{parts or '0S'}"


def _read_phone(value: Any) -> str:
    try:
        number = phonenumbers.parse(value, "UA")
    except (phonenumbers.NumberParseException, TypeError):
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValueError(f"{value!r} is no telephone number; write +380671234567.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _read_currency(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError(f"{value!r} is no currency; write its ISO 4217 code, as UAH.")
    return value


def _read_url(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://\S{3,2000}", value):
        raise ValueError(f"{value!r} is no URL; write https://….")
    return value


CurrencyCode = NewType("CurrencyCode", str)
PhoneNumber = NewType("PhoneNumber", str)
URL = NewType("URL", str)

SCALARS: dict[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime", parse_value=_read_datetime, serialize=_show_datetime,
        description="A moment, with its offset; answered in UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    Decimal: strawberry.scalar(
        name="Decimal", parse_value=_read_decimal, serialize=str,
        description="An exact amount, as text.",
    ),
    timedelta: strawberry.scalar(
        name="Duration", parse_value=_read_duration, serialize=_show_duration,
        description="A length of time as in ISO 8601: PT10M.",
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode", parse_value=_read_currency, serialize=str,
        description="ISO 4217, as UAH.",
    ),
    PhoneNumber: strawberry.scalar(
        name="PhoneNumber", parse_value=_read_phone, serialize=str,
        description="A telephone number; answered in E.164.",
    ),
    URL: strawberry.scalar(
        name="URL", parse_value=_read_url, serialize=str,
        description="An address on the web, http or https.",
    ),
}  # fmt: skip
"""How the schema maps Python's types."""
