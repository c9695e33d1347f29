"""When a restaurant is open: weekly hours and exceptional days on the clock of its time zone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 24 * 60


class Weekday(StrEnum):
    """A day of an ordinary week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"

    @property
    def short(self) -> str:
        """As it is written in opening hours."""
        return self[:3].lower()


DAYS = tuple(day.short for day in Weekday)
EXAMPLE = '[["09:00", "22:00"]]'
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")

# Two weeks: an hour that a change of clocks swallows is met again the week after.
HORIZON = timedelta(days=16)
SIGHT = HORIZON - timedelta(days=2)
_NEAR = 2  # yesterday, whose night may go on, and today


class BadHours(ValueError):
    """The hours cannot be read; the message tells what to write instead."""


class Span(NamedTuple):
    """From one minute to another, counted from a day's midnight on the wall clock."""

    opens: int
    closes: int


class Opening(NamedTuple):
    """One stretch of time in which the restaurant is open; its end is not part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class OpeningHours:
    """A week of spans, Monday first, on the wall clock of a time zone.

    An exceptional day has spans of its own, or none. A span belongs to the day on which it begins.
    An hour that the clock shows twice in autumn counts from its first showing; one that it skips
    in spring is moved on by the hour that was lost.
    """

    week: tuple[tuple[Span, ...], ...]
    zone: ZoneInfo
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        data: Mapping[str, object],
        exceptional: Mapping[str, object] | None = None,
        *,
        time_zone: str,
    ) -> Self:
        """Hours such as {"mon": [["09:00", "22:00"]], "fri": [["18:00", "02:00"]]}.

        A day left out is closed, a span may pass midnight, and a whole day is 00:00 to 24:00.
        Exceptional days are the same by date: {"2026-12-25": []}. Raises `BadHours`.
        """
        if unknown := sorted(set(data) - set(DAYS)):
            raise BadHours(f"{unknown[0]!r} is not a day. Write one of {', '.join(DAYS)}.")
        week = tuple(tuple(_spans(day, data.get(day, ()))) for day in DAYS)
        days = {_date(day): tuple(_spans(day, spans)) for day, spans in (exceptional or {}).items()}
        return cls(week, _zone(time_zone), days)

    def is_open(self, at: datetime) -> bool:
        """Whether one can order at this moment."""
        return any(opening.start <= at < opening.end for opening in self._openings(at, _NEAR))

    def next_transition(self, at: datetime) -> datetime | None:
        """When it next opens or closes, in UTC; None if it never does either."""
        at = at.astimezone(UTC)
        ahead = self._ahead(at)
        moments = (moment for opening in self._openings(at, ahead) for moment in opening)
        sight = timedelta(days=ahead) - (HORIZON - SIGHT)
        return next((moment for moment in moments if at < moment < at + sight), None)

    def opens(self, at: datetime) -> datetime | None:
        """The first moment, from this one on, at which it is open; None if there is none."""
        return at if self.is_open(at) else self.next_transition(at)

    def stretches(self, at: datetime, days: int) -> Iterator[Opening]:
        """Each span of so many days from yesterday on, even where two touch; in no order."""
        yesterday = at.astimezone(self.zone).date() - timedelta(days=1)
        for day in (yesterday + timedelta(days=number) for number in range(days)):
            for span in self.exceptions.get(day, self.week[day.weekday()]):
                start, end = self.instant(day, span.opens), self.instant(day, span.closes)
                if start < end:
                    yield Opening(start, end)

    def instant(self, day: date, minute: int) -> datetime:
        """A minute of a day on its wall clock, in UTC."""
        clock = datetime.combine(day, time()) + timedelta(minutes=minute)
        return clock.replace(tzinfo=self.zone).astimezone(UTC)

    def _ahead(self, at: datetime) -> int:
        """How many days to look at: a long holiday must not hide the day after it."""
        today = at.astimezone(self.zone).date()
        return HORIZON.days + max(0, *((day - today).days for day in self.exceptions), 0)

    def _openings(self, at: datetime, days: int) -> list[Opening]:
        """The openings around a moment and after it, in order; those that touch are one."""
        joined: list[Opening] = []
        for opening in sorted(self.stretches(at, days)):
            if joined and opening.start <= joined[-1].end:
                before = joined.pop()
                joined.append(Opening(before.start, max(before.end, opening.end)))
            else:
                joined.append(opening)
        return joined


def _spans(day: str, written: object) -> Iterator[Span]:
    if not isinstance(written, list | tuple):
        raise BadHours(f"{day}: write a list of spans, like {EXAMPLE}.")
    for span in written:
        if not isinstance(span, list | tuple) or len(span) != 2:
            raise BadHours(f"{day}: {span!r} is not a span. Write two times, like {EXAMPLE}.")
        yield _span(day, _minute(day, span[0]), _minute(day, span[1]))


def _span(day: str, opens: int, closes: int) -> Span:
    if opens in {closes, DAY}:
        raise BadHours(f"{day}: the span is empty. Write 00:00 to 24:00 for the whole day.")
    return Span(opens, closes if opens < closes else closes + DAY)


def _minute(day: str, written: object) -> int:
    match = CLOCK.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise BadHours(f"{day}: {written!r} is not a time. Write it like 09:00.")
    return int(match[1]) * 60 + int(match[2]) if match[1] else DAY


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadHours(f"{written!r} is not a date. Write it like 2026-12-25.") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadHours(f"{name!r} is not a time zone. Write one like Europe/Kyiv.") from None
