"""What cannot be had is negotiated through the API."""

from __future__ import annotations

from typing import Any

from catering.domain.ids import Prefix
from catering.services import kitchens
from tests.graphql.conftest import Ask
from tests.graphql.steps import assigned, shown
from tests.world import World

REPORT = """
mutation ($input: ReportUnavailableInput!) {
  reportUnavailable(input: $input) {
    resolution { id status deadline proposals { name } line { name status } }
    errors { __typename ... on UserError { message path } }
  }
}
"""
ASKED = """
query ($id: ID!) {
  order(id: $id) {
    needsAction
    resolutions { id status choices line { name } product { name } ticket { id } }
    waitingOn { role then }
  }
}
"""
ANSWER = """
mutation ($input: AnswerResolutionInput!) {
  answerResolution(input: $input) {
    resolution { status choice line { substitute { name } } }
    order { tickets { status lines { name } } needsAction }
    errors { __typename ... on UserError { path } }
  }
}
"""


async def answered(ask: Ask, world: World, resolution: str, choice: str, **more: str) -> Any:
    """What the customer is told who answers."""
    given = {"resolutionId": resolution, "choice": choice, "idempotencyKey": choice, **more}
    return (await ask(ANSWER, by=world.customer, input=given))["answerResolution"]


async def test_a_line_that_cannot_be_had_is_negotiated(ask: Ask, world: World) -> None:
    order_id = await world.order()
    await assigned(world, order_id)
    ticket = next(
        t for t in (await world.look(order_id)).tickets if t.restaurant_id == world.kitchen
    )
    given = {
        "lineId": shown(Prefix.LINE, ticket.lines[0].id), "idempotencyKey": "u",
        "proposals": [shown(Prefix.PRODUCT, world.varenyky)],
    }  # fmt: skip
    told = (await ask(REPORT, by=world.cook, input=given))["reportUnavailable"]
    assert told["errors"] == []
    assert told["resolution"]["status"] == "PROPOSED"
    assert told["resolution"]["proposals"] == [{"name": "Varenyky"}]
    assert told["resolution"]["line"] == {"name": "Borscht", "status": "UNAVAILABLE"}

    node = "query ($id: ID!) { node(id: $id) { id ... on Resolution { line { name } } } }"
    hidden = await ask(node, by=world.market_cook, id=told["resolution"]["id"])
    assert hidden == {"node": None}

    varenyky = shown(Prefix.PRODUCT, world.varenyky)
    settled = await answered(ask, world, told["resolution"]["id"], "SUBSTITUTE", productId=varenyky)
    assert settled["errors"] == []
    assert settled["resolution"] == {
        "status": "ACCEPTED", "choice": "SUBSTITUTE", "line": {"substitute": {"name": "Varenyky"}},
    }  # fmt: skip
    assert settled["order"]["needsAction"] is False


async def test_what_becomes_of_a_part_that_will_not_come_is_the_customers_to_say(
    ask: Ask, world: World
) -> None:
    order_id = await world.order()
    for ticket in (await world.look(order_id)).tickets:
        async with world.transaction() as session:
            await kitchens.begin_submission(session, ticket.id)
    theirs = next(
        t for t in (await world.look(order_id)).tickets if t.restaurant_id == world.market
    )
    async with world.transaction() as session:
        await kitchens.reject(session, theirs.id, "No juice", by=world.market_cook)

    order = (await ask(ASKED, by=world.customer, id=shown(Prefix.ORDER, order_id)))["order"]
    (asked,) = order["resolutions"]
    assert asked == {
        "id": asked["id"], "status": "OPEN", "choices": ["REMOVE", "WAIT", "CANCEL_ORDER"],
        "line": None, "product": None, "ticket": {"id": shown(Prefix.TICKET, theirs.id)},
    }  # fmt: skip
    assert order["needsAction"]
    assert "CUSTOMER" in {wait["role"] for wait in order["waitingOn"]}

    told = await answered(ask, world, asked["id"], "POSTPONE")
    assert told["errors"] == [{"__typename": "InvalidInput", "path": ["input", "choice"]}]
    assert await ask(ASKED, by=world.customer, id=shown(Prefix.ORDER, order_id)) == {"order": order}
    told = await answered(ask, world, asked["id"], "WAIT")
    assert told["errors"] == []
    assert told["resolution"] == {"status": "ACCEPTED", "choice": "WAIT", "line": None}
    assert told["order"] == {
        "tickets": [
            {"status": "SUBMITTED", "lines": [{"name": "Borscht"}]},
            {"status": "REJECTED", "lines": []},
            {"status": "QUEUED", "lines": [{"name": "Juice"}]},
        ],
        "needsAction": False,
    }
