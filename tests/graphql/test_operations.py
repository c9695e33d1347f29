"""`docs/operations.md`: every document on the page is executed as it stands."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from catering import database
from catering.domain.ids import Prefix
from catering.domain.people import Actor
from tests.graphql.conftest import Ask
from tests.graphql.steps import announced, assigned, shown
from tests.world import World

_PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
_BLOCKS = re.findall(r"```graphql\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
DOCUMENTS = {re.split(r"\W+", block)[1]: block for block in _BLOCKS}


class Reader:
    """Somebody who tries the page, document by document."""

    def __init__(self, ask: Ask, **given: Any) -> None:
        self._ask, self._given = ask, given
        self.tried: list[str] = []

    async def tries(self, name: str, by: Actor, **more: Any) -> Any:
        """What its one field answers; no document is refused."""
        document = DOCUMENTS[name]
        self.tried.append(name)
        given = {**self._given, "key": f"{name}-{len(self.tried)}", **more}
        wanted = re.findall(r"\$(\w+):", document)
        variables = {name: given[name] for name in wanted if name in given}
        (answer,) = (await self._ask(document, by=by, **variables)).values()
        assert answer.get("errors", []) == [], answer
        return answer


async def test_every_document_of_the_page_does_what_it_says(ask: Ask, world: World) -> None:
    window, later = await _windows(world)
    juice, borscht = (shown(Prefix.PRODUCT, one) for one in (world.juice, world.borscht))
    reader = Reader(ask, product=juice)
    anna, office = world.customer, world.manager

    total = (await reader.tries("QuoteOrder", anna))["quote"]["total"]
    order = (await reader.tries("CreateOrder", anna, window=window, total=total))["order"]
    assert order["status"] == "SCHEDULED"
    id = order["id"]
    replaced = (await reader.tries("ReplaceLines", anna, order=id, product=borscht))["order"]
    assert [line["status"] for line in replaced["lines"]].count("REPLACED") == 1
    changed = (await reader.tries("ChangeDetails", anna, order=id, window=later))["order"]
    assert changed["destination"]["details"] == "Third floor, the left bell"
    await announced(world)
    read = await reader.tries("ReadOrder", anna, order=id)
    assert {"ORDER_LINES_REPLACED", "ORDER_DETAILS_CHANGED"} <= {
        entry["kind"] for entry in read["history"]["nodes"]
    }
    cancelled = (await reader.tries("CancelIt", anna, order=id))["order"]
    assert cancelled["cancellation"]["actorRole"] == "CUSTOMER"

    again = await reader.tries("QuoteAgain", anna, order=id)
    assert [line["product"]["name"] for line in again["lines"]] == ["Borscht"]
    total = again["quote"]["total"]
    await reader.tries("OrderAgain", anna, order=id, total=total)
    assert (await reader.tries("ListOrders", anna))["totalCount"] == 1
    assert len((await reader.tries("MyOrders", anna))["orders"]["nodes"]) == 2

    archived = (await reader.tries("ArchiveIt", office, order=id))["order"]
    assert (archived["status"], archived["archivedAt"] is None) == ("CANCELLED", False)
    assert [o["id"] for o in (await reader.tries("ListArchived", anna))["nodes"]] == [id]
    assert len((await reader.tries("MyOrders", anna))["orders"]["nodes"]) == 1
    assert (await reader.tries("RestoreIt", office, order=id))["order"]["archivedAt"] is None

    await _rated(reader, world)
    assert set(reader.tried) == set(DOCUMENTS)


async def _rated(reader: Reader, world: World) -> None:
    id = await world.order(world.portion(world.borscht))
    await assigned(world, id)
    await _delivered(world, id)
    order, kitchen = shown(Prefix.ORDER, id), shown(Prefix.RESTAURANT, world.kitchen)
    rated = await reader.tries("RateIt", world.customer, order=order, restaurant=kitchen)
    assert rated["rating"]["restaurant"] == {"rating": 5.0, "ratingCount": 1}
    driver = (await reader.tries("RateDriver", world.customer, order=order))["rating"]["driver"]
    assert driver == {"rating": None, "ratingCount": None}  # not for customers to see
    rating = rated["rating"]["id"]
    answered = await reader.tries("AnswerRating", world.cook, rating=rating)
    assert answered["rating"]["reply"] == "Come again!"


async def _delivered(world: World, id: Any) -> None:
    """As if it had come: how it comes is proved elsewhere."""
    async with world.transaction() as session:
        for table, status in (("tickets", "PICKED_UP"), ("deliveries", "DELIVERED")):
            await session.execute(
                text(f"UPDATE {table} SET status = '{status}' WHERE order_id = :id"), {"id": id}
            )
        await session.execute(
            text("UPDATE orders SET status = 'DELIVERED' WHERE id = :id"), {"id": id}
        )


async def _windows(world: World) -> tuple[dict[str, str], dict[str, str]]:
    async with world.transaction() as session:
        start = await database.clock(session) + timedelta(hours=5)
    hour = timedelta(hours=1)
    first, second = (
        {"from": begins.isoformat(), "until": (begins + hour).isoformat()}
        for begins in (start, start + hour)
    )
    return first, second
