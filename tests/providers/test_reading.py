from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catering.providers.calling import document
from catering.providers.reading import (
    decimal,
    epoch,
    fraction,
    instant,
    major,
    minor,
    part,
    parts,
    text,
    wall,
    whole,
)

JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.decimals() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


@given(amount=some.integers(min_value=0, max_value=10**12))
def test_money_comes_back_as_it_went(amount: int) -> None:
    wire = document(b'{"cost": %s}' % repr(major(amount, "UAH")).encode())
    assert wire is not None
    assert minor(wire["cost"], "UAH") == amount


@pytest.mark.parametrize(
    ("wire", "kopecks"),
    [("120", 12_000), ("120.5", 12_050), ("0.07", 7), ('"349.50"', 34_950), ("1.005", None)],
)
def test_hryvnias_are_read_exactly(wire: str, kopecks: int | None) -> None:
    read = document(b'{"cost": %s}' % wire.encode())
    assert read is not None
    assert minor(read["cost"], "UAH") == kopecks


@pytest.mark.parametrize("number", [106, "106", "106.00000", Decimal("106.0")])
def test_a_number_may_come_as_text(number: object) -> None:
    assert whole(number) == 106


@given(value=JUNK)
def test_nothing_that_comes_makes_reading_fail(value: Any) -> None:
    for read in (text, decimal, whole, fraction, instant, epoch):
        read(value)
    minor(value, "UAH")
    wall(value, ZoneInfo("Europe/Kyiv"))
    part(value, "a", "b")
    parts(value, "a")


@pytest.mark.parametrize(
    "wire", [b"1e999999999", b"-1e999999999", b"1e-999999999", b"1e99999999999999999999"]
)
def test_a_monstrous_number_is_no_number(wire: bytes) -> None:
    read = document(b'{"cost": %s}' % wire) or {}
    assert minor(read.get("cost"), "UAH") in (None, 0)


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"null", b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_none(raw: bytes) -> None:
    assert document(raw) is None


def test_no_half_surrogate_and_no_nul_gets_in() -> None:
    read = document(rb'{"name": "\ud800a\u0000b"}')
    assert read is not None
    assert text(read["name"]) == "?ab"


def test_an_instant_without_an_offset_means_nothing() -> None:
    assert instant("2026-01-01T17:42:00") is None
    assert instant("2026-01-01T19:42:00+02:00") == datetime(2026, 1, 1, 17, 42, tzinfo=UTC)


def test_milliseconds_are_not_taken_for_seconds() -> None:
    assert epoch(1_700_000_000) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert epoch(1_700_000_000_000) is None


def test_wall_time_is_read_in_the_zone_of_the_account() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    assert wall("2026-01-01 19:30:00", kyiv) == datetime(2026, 1, 1, 17, 30, tzinfo=UTC)
    assert wall("2026-07-01 19:30:00", kyiv) == datetime(2026, 7, 1, 16, 30, tzinfo=UTC)
