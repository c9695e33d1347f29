"""Variants and modifiers, from the menu to the kitchen."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.amending import Replacement
from catering.domain.baskets import Portion
from catering.domain.choices import Chosen, Offered, OfferedGroup
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason
from catering.domain.products import Availability, Supply
from catering.domain.refusals import InvalidInput, NotFound, ProductUnavailable, Refused
from catering.models import Modifier, PriceChange, Product, Restaurant, Variant
from catering.services import (
    cancelling,
    choices,
    choosing,
    kitchens,
    ordering,
    proposing,
    reordering,
    replacing,
    resolving,
)
from catering.services.reordering import Again
from tests.world import World

from .acting import Day, Step, done, refused, step

UAH = "UAH"
SIZES = [Offered("350 ml", (12_000, UAH), external_id="7"), Offered("500 ml", (15_000, UAH))]
EXTRAS = [
    OfferedGroup(
        "Extras", 0, 3,
        (Offered("Cream", (1_000, UAH), 2, external_id="70"), Offered("Garlic", (500, UAH))),
    )
]  # fmt: skip


async def chosen(world: World, size: str = "500 ml", **extras: int) -> Portion:
    """A portion of borscht, by the names of what is chosen."""
    async with world.transaction() as session:
        offered = (await choices.of(session, [world.borscht]))[world.borscht]
    sizes = {row.name: row.id for row in offered.variants}
    known = {row.name: row.id for group in offered.groups for row in group.modifiers}
    return Portion(
        world.borscht, 2, "Hot.", variant_id=sizes[size],
        chosen=tuple(Chosen(known[name], count) for name, count in extras.items()),
    )  # fmt: skip


async def offer(world: World) -> None:
    await done(world, step(choosing.set_variants, world.borscht, SIZES, by=world.cook))
    await done(world, step(choosing.set_modifier_groups, world.borscht, EXTRAS, by=world.cook))


async def test_an_order_keeps_what_was_chosen_at_the_prices_of_the_day(world: World) -> None:
    await offer(world)
    id = await world.order(await chosen(world, Cream=2, Garlic=1))
    dearer = [Offered("500 ml", (99_000, UAH))]
    await done(world, step(choosing.set_variants, world.borscht, dearer, by=world.cook))
    await done(world, step(choosing.set_modifier_groups, world.borscht, [], by=world.cook))

    order = await world.look(id)
    ((line,),) = [ticket.lines for ticket in order.tickets]

    assert line.unit_price == 15_000 + 2 * 1_000 + 500
    assert order.subtotal == 2 * line.unit_price
    assert (line.name, line.variant_name) == ("Borscht", "500 ml")
    told = [(one["group"], one["name"], one["quantity"], one["price"]) for one in line.modifiers]
    assert told == [("Extras", "Cream", 2, 1_000), ("Extras", "Garlic", 1, 500)]


async def test_the_kitchen_is_told_what_was_chosen(world: World) -> None:
    await offer(world)
    id = await world.order(await chosen(world, "350 ml", Cream=2, Garlic=1))
    account = await world.account("poster", port="kitchen", provider="poster", base_url="http://x")
    (ticket,) = (await world.look(id)).tickets
    async with world.transaction() as session:
        (await session.get_one(Restaurant, world.kitchen)).account_id = account

    handing = await done(world, step(kitchens.begin_submission, ticket.id))

    assert handing is not None
    (item,) = handing.ticket.items
    assert (item.name, item.variant_id) == ("Borscht (350 ml)", "7")
    assert [(m.name, m.external_id) for m in item.modifiers] == [("Cream", "70"), ("Garlic", None)]
    assert item.wishes == "+ Cream ×2; + Garlic; Hot."


async def test_what_has_the_same_name_is_the_same(world: World) -> None:
    await offer(world)
    before = await chosen(world, Cream=1)
    sizes = [Offered("500 ML", (16_000, UAH)), Offered("1 l", (25_000, UAH))]
    await done(world, step(choosing.set_variants, world.borscht, sizes, by=world.cook))
    await done(world, step(choosing.set_modifier_groups, world.borscht, EXTRAS, by=world.cook))

    price = await done(world, step(ordering.quote, world.wish(before).basket))

    assert price.subtotal == 2 * (16_000 + 1_000)
    with pytest.raises(KeyError):
        await chosen(world, "350 ml")


async def test_a_line_is_refused_for_all_that_is_wrong_with_it(world: World) -> None:
    await offer(world)
    simple = world.portion(world.borscht)
    nonsense = await chosen(world, Cream=4)

    nos = await refused(
        world, step(ordering.place, world.wish(simple, nonsense), by=world.customer),
        InvalidInput, InvalidInput, InvalidInput,
    )  # fmt: skip

    assert [no.path for no in nos] == [
        ("lines", "0", "variantId"),
        ("lines", "1", "modifiers", "0", "quantity"),
        ("lines", "1", "modifiers"),
    ]


@pytest.mark.parametrize("what", ["variant", "modifier"])
async def test_what_has_run_out_is_not_sold(world: World, what: str) -> None:
    await offer(world)
    wanted = await chosen(world, Cream=1)
    assert wanted.variant_id is not None
    cream = wanted.chosen[0].modifier_id
    take, id = {
        "variant": (choosing.set_variant_availability, wanted.variant_id),
        "modifier": (choosing.set_modifier_availability, cream),
    }[what]
    await refused(world, step(take, id, Supply(Availability.LIMITED), by=world.cook), InvalidInput)
    await refused(
        world, step(take, id, Supply(Availability.UNAVAILABLE), by=world.market_cook), NotFound
    )
    await done(world, step(take, id, Supply(Availability.UNAVAILABLE), by=world.cook))

    await refused(
        world, step(ordering.place, world.wish(wanted), by=world.customer), ProductUnavailable
    )
    await done(world, step(take, id, Supply(Availability.AVAILABLE), by=world.cook))
    await world.order(wanted)


COUNTED: dict[str, tuple[Any, type[Variant | Modifier], int]] = {
    "variant": (choosing.set_variant_availability, Variant, 2),
    "modifier": (choosing.set_modifier_availability, Modifier, 4),
}
"""How it is said, where it is counted, and how many an order of two portions takes."""


async def counting(world: World, what: str, quantity: int) -> tuple[Portion, Step[int | None]]:
    """Two portions with four creams, of which there are so many; and how many are left."""
    await offer(world)
    portion = await chosen(world, Cream=2)
    say, kind, _ = COUNTED[what]
    id = portion.variant_id if kind is Variant else portion.chosen[0].modifier_id
    assert id is not None
    await done(world, step(say, id, Supply(Availability.LIMITED, quantity), by=world.cook))

    async def left(session: AsyncSession) -> int | None:
        row: Any = await session.get_one(kind, id)
        return cast(int | None, row.stock)

    return portion, left


@pytest.mark.parametrize("what", COUNTED)
async def test_what_is_counted_is_taken_with_the_order_and_given_back(
    world: World, what: str
) -> None:
    takes = COUNTED[what][2]
    portion, left = await counting(world, what, takes + 1)
    id = await world.order(portion)
    assert await done(world, left) == 1
    place = step(ordering.place, world.wish(portion), by=world.customer)
    (no,) = await refused(world, place, ProductUnavailable)
    assert no.available_quantity == 1
    same = Replacement((portion,))
    await done(world, step(replacing.replace_lines, id, same, by=world.customer))
    assert await done(world, left) == 1
    why = CancellationReason.CHANGED_MIND

    await done(world, step(cancelling.cancel, id, why, None, by=world.customer))

    assert await done(world, left) == takes + 1
    await world.order(portion)


async def test_a_dish_that_ran_out_leaves_its_extras(day: Day) -> None:
    world = day.world
    portion, left = await counting(world, "modifier", 4)
    id = await day.order(portion)
    ((line,),) = [ticket.lines for ticket in await day.tickets(id)]

    question = await day.do(step(resolving.report, line.id, None, by=world.cook))

    assert await done(world, left) == 4
    remove = ResolutionChoice.REMOVE
    await day.do(step(resolving.answer, question.id, remove, None, by=world.customer))
    assert await done(world, left) == 4


@pytest.mark.parametrize("what", COUNTED)
async def test_twenty_at_once_share_the_last_three(committed: World, what: str) -> None:
    world = committed
    takes = COUNTED[what][2]
    portion, left = await counting(world, what, 3 * takes)

    async def one() -> str:
        try:
            await done(world, step(ordering.place, world.wish(portion), by=world.customer))
        except Refused as no:
            return ", ".join(refusal.code for refusal in no.refusals)
        return "placed"

    told = Counter(await asyncio.gather(*(one() for _ in range(20))))

    assert told == {"placed": 3, "PRODUCT_UNAVAILABLE": 17}
    assert await done(world, left) == 0


@pytest.mark.parametrize("kind", [Variant, Modifier])
async def test_the_database_counts_none_of_them_below_nothing(
    world: World, kind: type[Variant | Modifier]
) -> None:
    await offer(world)
    with pytest.raises(IntegrityError, match="stock_not_negative"):
        async with world.transaction() as session:
            await session.execute(update(kind).values(stock=-1))


async def test_what_a_choice_cost_before_is_remembered(world: World) -> None:
    await offer(world)
    dearer = [replace(SIZES[0], price=(12_500, UAH)), SIZES[1]]
    creamy = [replace(EXTRAS[0], modifiers=(replace(EXTRAS[0].modifiers[0], price=(900, UAH)),))]
    for _ in range(2):
        await done(world, step(choosing.set_variants, world.borscht, dearer, by=world.manager))
        await done(
            world, step(choosing.set_modifier_groups, world.borscht, creamy, by=world.manager)
        )

    change = PriceChange
    query = select(change.old, change.new, change.actor_id).order_by(change.changed_at, change.id)
    async with world.transaction() as session:
        for column, prices in (
            (change.variant_id, (12_000, 12_500)),
            (change.modifier_id, (1_000, 900)),
        ):
            told = [tuple(row) for row in await session.execute(query.where(column.is_not(None)))]
            old, new = prices
            assert (old, new, world.manager.id) == told[-1]
            assert len(told) == 3, "two at the beginning, one that changed"


async def test_nobody_is_offered_instead_what_has_to_be_chosen_first(world: World) -> None:
    await offer(world)

    async with world.transaction() as session:
        varenyky = await session.get_one(Product, world.varenyky)
        near = await proposing.alternatives(session, varenyky, varenyky.checked_at)

    assert near == ()


async def test_the_same_again_is_the_same_with_all_that_was_chosen(world: World) -> None:
    await offer(world)
    id = await world.order(await chosen(world, Cream=2))

    again = await done(world, step(reordering.reorder, id, Again(), by=world.customer))

    old, new = [(await world.look(one)).tickets[0].lines[0] for one in (id, again.id)]
    assert (new.variant_name, new.modifiers) == (old.variant_name, old.modifiers)
    assert new.unit_price == old.unit_price
