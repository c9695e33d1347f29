"""The timeline and the sentences in it."""

from __future__ import annotations

from io import StringIO
from itertools import count
from typing import Any

from catering.walk.noticing import News, news
from catering.walk.summing_up import took
from catering.walk.telling import Part, Timeline


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def _told(out: StringIO, name: str) -> str:
    ticks = count(10)
    Timeline(out, clock=lambda: next(ticks) * 1.5).tell(Part.KITCHEN, name, "ticket READY")
    return out.getvalue()


def test_a_line_says_when_who_and_what() -> None:
    assert _told(StringIO(), "Сільпо") == "+   1.5 s  ■ Сільпо                ticket READY\n"


def test_columns_stay_aligned_behind_a_long_name() -> None:
    told = _told(StringIO(), "Хінкальня на Саксаганського")
    assert told == "+   1.5 s  ■ Хінкальня на Саксаг…  ticket READY\n"


def test_colours_are_for_terminals() -> None:
    assert "\x1b[33m■ Сільпо" in _told(Terminal(), "Сільпо")


def test_a_time_is_told_only_between_known_moments() -> None:
    moments = {"A": "2026-03-01T10:00:00Z", "B": "2026-03-01T10:00:02.460Z"}
    assert took(moments, "A", "B") == "2.5 s"
    assert took(moments, "A", "C") == "–"


def _stop(status: str, restaurant: str | None = None) -> dict[str, Any]:
    ticket = {"restaurant": {"name": restaurant}} if restaurant else None
    return {"id": restaurant or "door", "status": status, "ticket": ticket}


def _card(status: str, delivery: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"status": status, "needsAction": False, "delivery": delivery}


def _delivery(status: str, *stops: dict[str, Any], driver: str | None = None) -> dict[str, Any]:
    carrying = {"user": {"displayName": driver}} if driver else None
    return {"status": status, "driver": carrying, "carrier": None, "stops": list(stops)}


def test_nothing_new_is_not_told() -> None:
    card = _card("READY", _delivery("TO_PICKUP", _stop("DONE", "Сільпо")))
    assert list(news(card, card)) == []


def test_a_new_status_is_told() -> None:
    assert list(news(_card("PLACED"), _card("PREPARING"))) == [
        News(False, "order PLACED → PREPARING")
    ]


def test_a_call_for_help_is_told() -> None:
    now = _card("PLACED") | {"needsAction": True}
    assert list(news(_card("PLACED"), now)) == [News(False, "order needs somebody to act")]


def test_a_planned_delivery_is_told_with_its_stops() -> None:
    planned = _delivery("PLANNED", _stop("PENDING", "Сільпо"), _stop("PENDING"))
    assert list(news(_card("PREPARING"), _card("PREPARING", planned))) == [
        News(True, "delivery planned: Сільпо → the door")
    ]


def test_the_way_is_told_step_by_step() -> None:
    before = _delivery("SEARCHING", _stop("PENDING", "Сільпо"), _stop("PENDING"))
    now = _delivery("AT_PICKUP", _stop("ARRIVED", "Сільпо"), _stop("PENDING"), driver="Дарина")
    assert [each.text for each in news(_card("READY", before), _card("READY", now))] == [
        "delivery is carried by Дарина",
        "stop at Сільпо ARRIVED",
        "delivery SEARCHING → AT_PICKUP",
    ]
