"""When a restaurant is open: weekly hours on the clock of its own time zone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
EXAMPLE = '[["09:00", "22:00"]]'
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")

# Two weeks: an hour that a change of clocks swallows is met again the week after.
HORIZON = timedelta(days=16)
SIGHT = HORIZON - timedelta(days=2)


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

    An hour that the clock shows twice in autumn counts from its first showing; one that it skips
    in spring is moved on by the hour that was lost.
    """

    week: tuple[tuple[Span, ...], ...]
    zone: ZoneInfo

    @classmethod
    def read(cls, data: Mapping[str, object], *, time_zone: str) -> Self:
        """Hours such as {"mon": [["09:00", "22:00"]], "fri": [["18:00", "02:00"]]}.

        A day left out is closed, a span may pass midnight, and a whole day is 00:00 to 24:00.
        """
        if unknown := sorted(set(data) - set(DAYS)):
            raise BadHours(f"{unknown[0]!r} is not a day. Write one of {', '.join(DAYS)}.")
        week = tuple(tuple(_spans(day, data.get(day, ()))) for day in DAYS)
        return cls(week, _zone(time_zone))

    def is_open(self, at: datetime) -> bool:
        """Whether one can order at this moment."""
        return any(opening.start <= at < opening.end for opening in self._openings(at))

    def next_transition(self, at: datetime) -> datetime | None:
        """When it next opens or closes, in UTC; None if it never does either."""
        at = at.astimezone(UTC)
        moments = (moment for opening in self._openings(at) for moment in opening)
        return next((moment for moment in moments if at < moment < at + SIGHT), None)

    def _openings(self, at: datetime) -> list[Opening]:
        """The openings around a moment and after it, in order; those that touch are one."""
        joined: list[Opening] = []
        for opening in sorted(self._stretches(at)):
            if joined and opening.start <= joined[-1].end:
                before = joined.pop()
                joined.append(Opening(before.start, max(before.end, opening.end)))
            else:
                joined.append(opening)
        return joined

    def _stretches(self, at: datetime) -> Iterator[Opening]:
        yesterday = at.astimezone(self.zone).date() - timedelta(days=1)
        for day in (yesterday + timedelta(days=number) for number in range(HORIZON.days)):
            for span in self.week[day.weekday()]:
                start, end = self._instant(day, span.opens), self._instant(day, span.closes)
                if start < end:
                    yield Opening(start, end)

    def _instant(self, day: date, minute: int) -> datetime:
        clock = datetime.combine(day, time()) + timedelta(minutes=minute)
        return clock.replace(tzinfo=self.zone).astimezone(UTC)


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


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadHours(f"{name!r} is not a time zone. Write one like Europe/Kyiv.") from None
