"""What values look like on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catering.resolvers.root import schema

_TYPES: Any = schema._schema.type_map


def read(scalar: str, text: Any) -> Any:
    return _TYPES[scalar].parse_value(text)


def shown(scalar: str, value: Any) -> Any:
    return _TYPES[scalar].serialize(value)


def test_a_moment_is_answered_in_utc_whatever_its_offset_was() -> None:
    moment = read("DateTime", "2026-05-01T15:30:00+03:00")
    assert moment == datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    assert shown("DateTime", moment) == "2026-05-01T12:30:00.000Z"


@pytest.mark.parametrize(
    ("scalar", "text"),
    [
        ("DateTime", "2026-05-01T12:30:00"),
        ("DateTime", "2026-05-01"),
        ("DateTime", "tomorrow"),
        ("DateTime", 1_777_638_600),
        ("DateTime", "0001-01-01T00:00:00+14:00"),
        ("DateTime", "9999-12-31T23:59:59-14:00"),
        ("Decimal", "NaN"),
        ("Decimal", "Infinity"),
        ("Decimal", "1e30"),
        ("Decimal", "12,50"),
        ("Decimal", True),
        ("Decimal", {}),
        ("Duration", "10 minutes"),
        ("Duration", "P"),
        ("Duration", "PT"),
        ("Duration", "P1DT"),
        ("Duration", "-PT1S"),
        ("Duration", "P99999999999D"),
        ("Duration", 600),
        ("PhoneNumber", "12"),
        ("PhoneNumber", "call me"),
        ("PhoneNumber", 380671234567),
        ("CurrencyCode", "uah"),
        ("CurrencyCode", "HRYVNIA"),
        ("CurrencyCode", 980),
        ("URL", "javascript:alert(1)"),
        ("URL", "ftp://example.com"),
        ("URL", "https://exa mple.com"),
        ("URL", 7),
    ],
)
def test_what_cannot_be_is_refused_in_words(scalar: str, text: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        read(scalar, text)


def test_a_telephone_number_is_answered_in_e164() -> None:
    assert read("PhoneNumber", "067 123 45 67") == "+380671234567"
    assert read("PhoneNumber", "+48 22 123 45 67") == "+48221234567"


@given(some.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_duration_comes_back_as_it_was_shown(length: timedelta) -> None:
    assert read("Duration", shown("Duration", length)) == length


@given(some.decimals(-(10**12), 10**12, places=2, allow_nan=False))
def test_an_amount_comes_back_as_it_was_shown(amount: Decimal) -> None:
    assert read("Decimal", shown("Decimal", amount)) == amount


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=10), "PT10M"),
        (timedelta(hours=1, seconds=1.5), "PT1H1.5S"),
        (timedelta(days=2, hours=3), "PT51H"),
        (timedelta(microseconds=50), "PT0.00005S"),
        (timedelta(seconds=10), "PT10S"),
    ],
)
def test_a_duration_is_shown_in_hours_minutes_and_seconds(length: timedelta, text: str) -> None:
    assert shown("Duration", length) == text
