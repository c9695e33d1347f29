"""What was seen live equals the history, or the walk says what differs."""

from __future__ import annotations

from catering.walk.comparing import Step, differences, kitchen_differences

HISTORY = [
    Step(4, "ORDER_PLACED"),
    Step(5, "TICKET_SUBMITTED"),
    Step(7, "TICKET_ACCEPTED"),
    Step(9, "DELIVERY_PLANNED"),
]


def test_the_same_steps_do_not_differ() -> None:
    assert differences(HISTORY[1:], HISTORY, since=4) == []


def test_what_happened_before_the_present_state_need_not_be_seen() -> None:
    assert differences(HISTORY[3:], HISTORY, since=8) == []


def test_a_gap_is_told() -> None:
    assert differences([HISTORY[1], HISTORY[3]], HISTORY, since=4) == [
        "TICKET_ACCEPTED at 7 happened but was not seen"
    ]


def test_a_doubled_event_is_told() -> None:
    assert differences([*HISTORY[1:], HISTORY[3]], HISTORY, since=4) == [
        "DELIVERY_PLANNED at 9 came live after DELIVERY_PLANNED at 9",
        "DELIVERY_PLANNED at 9 was seen more often than it happened",
    ]


def test_events_out_of_order_are_told() -> None:
    assert differences([HISTORY[2], HISTORY[1], HISTORY[3]], HISTORY, since=4) == [
        "TICKET_SUBMITTED at 5 came live after TICKET_ACCEPTED at 7"
    ]


def test_another_kind_at_the_same_position_is_told_from_both_sides() -> None:
    assert differences([Step(9, "DELIVERY_LOST")], HISTORY, since=7) == [
        "DELIVERY_PLANNED at 9 happened but was not seen",
        "DELIVERY_LOST at 9 was seen but is not in the history",
    ]


def test_a_history_out_of_order_is_told() -> None:
    assert differences([], [Step(2, "B"), Step(1, "A")], since=2) == [
        "A at 1 came in the history after B at 2"
    ]


def test_kitchens_see_the_steps_of_all_tickets_between_them() -> None:
    assert kitchen_differences([[HISTORY[1]], [HISTORY[2]]], HISTORY) == []


def test_a_step_that_two_kitchens_saw_is_told() -> None:
    assert kitchen_differences([[HISTORY[1]], [HISTORY[1], HISTORY[2]]], HISTORY) == [
        "TICKET_SUBMITTED at 5 was seen more often than it happened"
    ]


def test_a_step_that_no_kitchen_saw_is_told() -> None:
    assert kitchen_differences([[HISTORY[1]], []], HISTORY) == [
        "TICKET_ACCEPTED at 7 happened but was not seen"
    ]
