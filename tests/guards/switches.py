"""The guards, and what each is when it is off."""

from __future__ import annotations

from typing import Final

from .guard import Guard

DATABASE = "migrations/versions/0001_foundation.py"
TASKS = "catering/workers/tasks.py"
ANNOUNCING = "catering/workers/announcing.py"
TEST_TASKS = "tests/engine/test_tasks.py"
TEST_RELAYS = "tests/engine/test_relays.py"
TEST_DISPATCHING = "tests/services/test_dispatching.py"
TEST_CONSTRAINTS = "tests/services/test_constraints.py"
TEST_KILLED = "tests/engine/test_killed_workers.py"
TEST_FROZEN = "tests/engine/test_frozen_workers.py"
TEST_OUTSIDE = "tests/workers/test_outside.py"
TEST_REPEATING = "tests/services/test_repeating.py"


def _index(name: str, off: str, index: str, on: str, test: str) -> Guard:
    """A unique index that is only an index: the database takes what it would refuse."""
    table, column = on.split(".")
    as_it_is = f'"{index}",\n        "{table}",\n        ["{column}"],\n        unique='
    return Guard(name, off, DATABASE, f"{as_it_is}True", f"{as_it_is}False", test)


CONSTRAINTS: Final = (
    _index(
        "accepted-offer", "two drivers have accepted one delivery",
        "uq_offers_accepted", "offers.delivery_id",
        f"{TEST_DISPATCHING}::test_no_way_leads_to_two_deliveries_with_one_driver",
    ),
    _index(
        "open-offer", "a driver thinks about two offers at a time",
        "uq_offers_driver", "offers.driver_id",
        f"{TEST_DISPATCHING}::test_no_way_leads_to_two_deliveries_with_one_driver",
    ),
    _index(
        "carried-delivery", "a driver carries two deliveries at a time",
        "uq_deliveries_driver", "deliveries.driver_id",
        f"{TEST_DISPATCHING}::test_no_way_leads_to_two_deliveries_with_one_driver",
    ),
    _index(
        "live-delivery", "an order has two journeys at a time",
        "uq_deliveries_order", "deliveries.order_id",
        f"{TEST_CONSTRAINTS}::test_an_order_has_one_journey_at_a_time",
    ),
    _index(
        "live-booking", "two companies are booked for one stop",
        "uq_bookings_stop", "bookings.stop_id",
        f"{TEST_CONSTRAINTS}::test_a_stop_has_one_company_at_a_time",
    ),
    _index(
        "open-task", "a task is open twice under one name",
        "uq_tasks_dedup", "tasks.dedup",
        f"{TEST_CONSTRAINTS}::test_of_one_name_one_task_is_open",
    ),
)  # fmt: skip

CLAIMS: Final = (
    Guard(
        "one-claim", "two workers have one task in hand", TASKS,
        old='_T.id == bindparam("mine"), _T.state == TaskState.PENDING, _T.due <= now()',
        new='_T.id == bindparam("mine"), _T.due <= now()',
        test=f"{TEST_TASKS}::test_a_task_has_one_owner_and_its_attempt_counts_before_it_runs",
    ),
    Guard(
        "counted-first", "a task that kills its workers is tried for ever", TASKS,
        old="attempts=_T.attempts + 1,",
        new="attempts=_T.attempts,",
        test=f"{TEST_TASKS}::test_a_task_has_one_owner_and_its_attempt_counts_before_it_runs",
    ),
    Guard(
        "fencing", "a worker that was replaced finishes the task of the other", TASKS,
        old=""".where(*_MINE, _T.state == TaskState.RUNNING)
    .values(
        state=case(""",
        new=""".where(_MINE[0], _T.token >= bindparam("my_token"), _T.state == TaskState.RUNNING)
    .values(
        state=case(""",
        test=f"{TEST_TASKS}::test_who_was_replaced_can_not_finish",
    ),
    Guard(
        "lease", "the task of a worker that fell silent is nobody's", TASKS,
        old="Task.state == TaskState.RUNNING, Task.lease_until < now()",
        new="Task.state == TaskState.RUNNING, Task.lease_until.is_(None)",
        test=f"{TEST_TASKS}::test_what_was_taken_back_is_rung_for_at_once",
    ),
    Guard(
        "order-lock", "two change an order at a time", "catering/services/orders.py",
        old="which.with_only_columns(Order.id, now()).with_for_update(of=Order)",
        new="which.with_only_columns(Order.id, now())",
        test=(
            "tests/workers/test_holding.py"
            "::test_nobody_changes_an_order_while_its_task_is_finished"
        ),
    ),
)  # fmt: skip

OUTSIDE: Final = (
    Guard(
        "hold-ticket", "a worker that was replaced submits what the other has submitted",
        "catering/workers/kitchens.py",
        old="""    await runtime.hold(task)
    answer = await kitchen.submit(""",
        new="    answer = await kitchen.submit(",
        test=f"{TEST_FROZEN}::test_a_frozen_worker_does_not_submit_what_another_has_submitted",
    ),
    Guard(
        "hold-booking", "a worker that was replaced books what the other has booked",
        "catering/workers/couriers.py",
        old="""    await runtime.hold(task)
    answer = await courier.book(""",
        new="    answer = await courier.book(",
        test=f"{TEST_FROZEN}::test_a_frozen_worker_does_not_book_what_another_has_booked",
    ),
    Guard(
        "stored-try", "a kitchen is called before it is stored that it will be",
        "catering/workers/kitchens.py",
        old="""
        handing = await kitchens.begin_submission(session, task.subject_id)
""",
        new="""
        handing = await kitchens.begin_submission(session, task.subject_id)
        if handing is not None:
            await session.rollback()
""",
        test=(
            f"{TEST_KILLED}"
            "::test_a_worker_killed_while_its_calls_are_on_their_way_doubles_nothing"
        ),
    ),
    Guard(
        "claims-ever-made", "when a dead letter is tried again another courier is sent",
        "catering/workers/couriers.py",
        old="again=task.token > 1)",
        new="again=task.attempts > 1)",
        test=f"{TEST_KILLED}::test_a_dead_letter_whose_courier_was_sent_does_not_send_another",
    ),
    Guard(
        "look-first-ticket", "after an unclear answer a kitchen cooks twice",
        "catering/workers/kitchens.py",
        old="    if handing.again:",
        new="    if False:",
        test=(
            f"{TEST_OUTSIDE}"
            "::test_an_unclear_answer_of_a_kitchen_is_looked_up_before_it_is_asked_again"
        ),
    ),
    Guard(
        "look-first-booking", "after an unclear answer two couriers are sent",
        "catering/workers/couriers.py",
        old="    if hiring.again:",
        new="    if False:",
        test=f"{TEST_OUTSIDE}::test_an_unclear_answer_of_a_company_does_not_send_two_couriers",
    ),
)  # fmt: skip

TELLING: Final = (
    Guard(
        "announced-once", "an event is announced again and again", ANNOUNCING,
        old="select(_E.id).where(_E.position.is_(None)).order_by",
        new="select(_E.id).order_by",
        test=f"{TEST_RELAYS}::test_a_position_is_given_once",
    ),
    Guard(
        "base-lock", "two relays that lead at a time announce the same", ANNOUNCING,
        old="select(_ANNOUNCED.c.position).with_for_update()",
        new="select(_ANNOUNCED.c.position)",
        test=f"{TEST_RELAYS}::test_two_leaders_at_once_give_no_position_twice",
    ),
    Guard(
        "follow-first", "what happens while a screen is read is not told to it",
        "catering/resolvers/streaming.py",
        old="    async with context.changes.follow(screen.feed.channel) as wakes:\n",
        new="""
    async def waking() -> AsyncGenerator[None, None]:
        async with context.changes.follow(screen.feed.channel) as wakes:
            async for _ in wakes:
                yield

    if wakes := waking():
""",
        test="tests/live/test_following.py::test_what_happens_until_he_follows_is_seen",
    ),
)  # fmt: skip

PEOPLE: Final = (
    Guard(
        "same-key", "who says it twice orders twice", "catering/services/repeating.py",
        old="""
    if kept is not None:
        return kept
""",
        new="\n",
        test=f"{TEST_REPEATING}::test_saying_it_twice_orders_once",
    ),
    Guard(
        "same-request", "a key that was used for something else answers with that",
        "catering/services/repeating.py",
        old="    if row.fingerprint != fingerprint:",
        new="    if False:",
        test=f"{TEST_REPEATING}::test_a_key_is_for_one_request",
    ),
    Guard(
        "visible-to", "a customer sees the orders of others", "catering/models/order.py",
        old="select(cls).where(cls.id.in_(of_his_and_colleagues(cls.__table__, actor)))",
        new="select(cls)",
        test="tests/graphql/test_visibility.py::test_not_yours_is_not_found",
    ),
)  # fmt: skip

GUARDS: Final = (*CONSTRAINTS, *CLAIMS, *OUTSIDE, *TELLING, *PEOPLE)
