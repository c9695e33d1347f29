"""What has to be true when a rush is over, besides what any rows have to say: of its town, of what
was left to do, and of the outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from catering.domain.lines import GONE, LineStatus
from catering.domain.slots import Capacity
from catering.domain.tickets import LOST
from catering.models import TaskState
from catering.rush import checks
from catering.rush.checks import Finding, Left
from catering.rush.outside import Outside
from catering.rush.town import Town


async def examined(
    left: Left, placed: Iterable[UUID], town: Town, outside: Outside
) -> list[Finding]:
    """Every rule, one after the other."""
    lost, open, *rest = checks.of_the_rows(left, set(placed))
    bank = await checks.the_bank(left, outside.payment)
    here = [_nothing_to_do(left), _stock(left, town), _slots(left)]
    return [lost, open, *here, *rest, bank, _outside(outside)]


def _nothing_to_do(left: Left) -> Finding:
    """Nothing is waited for, and nothing was given up."""
    open = (TaskState.PENDING, TaskState.RUNNING, TaskState.DEAD)
    wrong = [
        f"{kind} is {state}"
        for state in open
        for kind in left.tasks.get(state, ())
        if kind != "archive_order"  # a month later
    ]
    done = len(left.tasks.get(TaskState.DONE, ()))
    cancelled = len(left.tasks.get(TaskState.CANCELLED, ()))
    return Finding("nothing left to do", f"{done} tasks done, {cancelled} not needed", tuple(wrong))


def _stock(left: Left, town: Town) -> Finding:
    """Never below zero; and what is gone from a shelf is what was sold from it."""
    sold = Counter[UUID]()
    for line in (li for order in left.orders for ticket in order.tickets for li in ticket.lines):
        if line.holds_stock and line.status not in {*GONE, LineStatus.UNAVAILABLE}:
            sold[line.product_id] += line.quantity
    wrong, counted = list[str](), 0
    for kitchen, dish in ((k, d) for k in town.kitchens for d in k.dishes):
        product, name = left.products[dish.id], f"{dish.name} of {kitchen.name}"
        for shown in (product.stock, product.quota_left):
            if shown is not None and shown < 0:
                wrong.append(f"{name} stands at {shown}")
        if product.stock is None or dish.shelf is None:
            continue
        counted += 1
        if not product.unavailable and product.stock != dish.shelf - sold[dish.id]:
            there, went = product.stock, sold[dish.id]
            wrong.append(f"{name}: {dish.shelf} were there, {went} went, {there} are left")
    gone = sum(product.stock == 0 for product in left.products.values())
    return Finding("stock ≥ 0", f"{counted} shelves counted, {gone} empty", tuple(wrong))


def _slots(left: Left) -> Finding:
    """As many places are taken in each slot as there are tickets that the kitchen took on in it."""
    taken = Counter[tuple[UUID, datetime]]()
    for ticket in (ticket for order in left.orders for ticket in order.tickets):
        capacity = Capacity.of(left.restaurants[ticket.restaurant_id])
        if capacity is not None and ticket.status not in LOST:
            taken[ticket.restaurant_id, capacity.start(ticket.work_at)] += 1
    wrong = [
        f"{left.restaurants[slot.restaurant_id].name} at {slot.starts_at:%H:%M}: {slot.taken} of "
        f"{slot.places} are taken by {tickets} tickets"
        for slot in left.slots
        if (tickets := taken[slot.restaurant_id, slot.starts_at]) != slot.taken
        or slot.taken > slot.places
    ]
    full = sum(slot.taken == slot.places for slot in left.slots)
    return Finding("no kitchen overbooked", f"{len(left.slots)} slots, {full} full", tuple(wrong))


def _outside(outside: Outside) -> Finding:
    """No kitchen cooks and no company carries anything twice."""
    live = Counter(
        (effect.kind, effect.reference) for effect in outside.world.ledger.effects if effect.live
    )
    wrong = [f"{kind} {name} is there {n} times" for (kind, name), n in live.items() if n > 1]
    return Finding("nothing done twice outside", f"{len(live)} things done there", tuple(wrong))
