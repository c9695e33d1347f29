"""Sites and their windows, as the tests write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from catering.domain import ids
from catering.domain.baskets import Destination, Span
from catering.domain.facilities import (
    Site,
)
from catering.domain.geography import Point
from catering.domain.opening_hours import DAYS, OpeningHours

DOOR = Destination("вул. Пирогова, 9", Point(50.4449, 30.5089))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, minutes: int = 60) -> Span:
    return Span(utc(start), utc(start) + timedelta(minutes=minutes))


def site(*spans: tuple[str, str], days: Sequence[str] = DAYS, **rules: Any) -> Site:
    week = {day: [list(one) for one in spans or [("12:00", "14:00")]] for day in days}
    usual = {"notice": timedelta(0), "cut_off": None}
    return Site(
        id=ids.new(), organisation_id=ids.new(), door=DOOR, currency="UAH",
        windows=OpeningHours.read(week, time_zone="Europe/Kyiv"), **{**usual, **rules},
    )  # fmt: skip


MAY = "2026-05-06"  # a Wednesday in summer: noon in Kyiv is 09:00 UTC
