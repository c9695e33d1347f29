"""Kitchens and drivers work through the API, each on what is theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from catering.domain.deliveries import DeliveryStatus
from catering.domain.ids import Prefix
from catering.models import Stop
from tests.graphql.conftest import Ask
from tests.graphql.steps import offered, shown
from tests.world import AT_KITCHEN, World

ACCEPT = """
mutation ($input: AcceptOfferInput!) {
  acceptOffer(input: $input) {
    offer { status } delivery { status driver { state } } errors { __typename }
  }
}
"""


async def test_a_break_is_seen_in_the_state_of_a_driver(ask: Ask, world: World) -> None:
    begin = """mutation ($position: GeoPointInput!, $until: DateTime!) {
      goOnline(input: {position: $position}) { driver { state } errors { __typename } }
      takeBreak(input: {until: $until}) {
        driver { state breakUntil shiftEndsAt } errors { __typename }
      }
    }"""
    found = "query ($state: [DriverState!]) { drivers(state: $state) { totalCount } }"
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=30)
    position = {"latitude": AT_KITCHEN.latitude, "longitude": AT_KITCHEN.longitude}

    said = await ask(begin, by=world.driver, position=position, until=until.isoformat())

    assert said["goOnline"] == {"driver": {"state": "IDLE"}, "errors": []}
    driver = said["takeBreak"]["driver"]
    assert (driver["state"], driver["shiftEndsAt"]) == ("ON_BREAK", None)
    assert datetime.fromisoformat(driver["breakUntil"]) == until
    for state, count in (("ON_BREAK", 1), ("IDLE", 0), ("OFFERED", 0)):
        answer = await ask(found, by=world.manager, state=[state])
        assert answer["drivers"]["totalCount"] == count


async def step(ask: Ask, world: World, name: str, stop: Stop, **more: Any) -> Any:
    """What our driver is told who takes this step at a stop."""
    document = f"""
    mutation ($input: {name[0].upper()}{name[1:]}Input!) {{
      {name}(input: $input) {{ stop {{ status }} delivery {{ status }} errors {{ __typename }} }}
    }}
    """
    given = {"stopId": shown(Prefix.STOP, stop.id), "idempotencyKey": f"{stop.id}{name}", **more}
    return (await ask(document, by=world.driver, input=given))[name]


async def test_a_driver_takes_one_delivery_to_the_door(ask: Ask, world: World) -> None:
    order_id = await world.order()
    delivery, offer = await offered(world, order_id)
    given = {"offerId": shown(Prefix.OFFER, offer.id), "idempotencyKey": "a"}
    other = await ask(ACCEPT, by=world.second_driver, input=given)
    assert other["acceptOffer"]["errors"] == [{"__typename": "NotFound"}]
    mine = (await ask(ACCEPT, by=world.driver, input=given))["acceptOffer"]
    assert mine["errors"] == []
    assert mine["offer"]["status"] == "ACCEPTED"
    assert mine["delivery"]["driver"]["state"] == "BUSY"

    pin = (await world.look(order_id)).pin
    last = delivery.stops[-1]
    for stop in delivery.stops[:-1]:
        assert (await step(ask, world, "arriveAtStop", stop))["errors"] == []
        assert (await step(ask, world, "completeStop", stop))["errors"] == []
    assert (await step(ask, world, "arriveAtStop", last))["errors"] == []

    wrong = await step(ask, world, "completeStop", last, pin="0000" if pin != "0000" else "0001")
    assert wrong == {"stop": None, "delivery": None, "errors": [{"__typename": "WrongProof"}]}
    order = await world.look(order_id)
    assert (order.pin_failures, order.deliveries[0].status) == (1, DeliveryStatus.AT_DROPOFF)
    said = await step(ask, world, "completeStop", last, pin=pin)
    assert said == {
        "stop": {"status": "DONE"}, "delivery": {"status": "DELIVERED"}, "errors": [],
    }  # fmt: skip


async def test_a_kitchen_works_on_its_own_tickets_only(ask: Ask, world: World) -> None:
    order = await world.look(await world.order())
    theirs = next(t for t in order.tickets if t.restaurant_id == world.market)
    document = """
    mutation ($input: RejectTicketInput!) {
      rejectTicket(input: $input) { ticket { status } errors { __typename } }
    }
    """
    given = {
        "ticketId": shown(Prefix.TICKET, theirs.id), "reason": "no", "idempotencyKey": "r",
    }  # fmt: skip
    answer = await ask(document, by=world.cook, input=given)
    assert answer["rejectTicket"] == {"ticket": None, "errors": [{"__typename": "NotFound"}]}
    after = await world.look(order.id)
    assert [t.status for t in after.tickets] == [t.status for t in order.tickets]


async def test_a_driver_says_where_he_is(ask: Ask, world: World) -> None:
    document = """
    mutation ($input: ReportPositionInput!) {
      reportPosition(input: $input) { nextReportAfter errors { __typename } }
    }
    """
    here = {"latitude": 50.44, "longitude": 30.52}
    now = (await ask("{ orderBoard { asOf } }", by=world.manager))["orderBoard"]["asOf"]
    given = {"position": here, "measuredAt": now}
    answer = (await ask(document, by=world.driver, input=given))["reportPosition"]
    assert answer == {"nextReportAfter": None, "errors": [{"__typename": "DriverOffline"}]}
    online = """
    mutation ($input: GoOnlineInput!) {
      goOnline(input: $input) { driver { state position { latitude } } errors { __typename } }
    }
    """
    said = (await ask(online, by=world.driver, input={"position": here}))["goOnline"]
    assert said == {"driver": {"state": "IDLE", "position": {"latitude": 50.44}}, "errors": []}
    await world.time_passes(timedelta(seconds=30))
    now = (await ask("{ orderBoard { asOf } }", by=world.manager))["orderBoard"]["asOf"]
    answer = await ask(document, by=world.driver, input={**given, "measuredAt": now})
    assert answer["reportPosition"]["errors"] == []
    assert answer["reportPosition"]["nextReportAfter"].startswith("PT")
    said = await ask(
        "mutation ($input: GoOfflineInput!) { goOffline(input: $input) { errors { __typename } } }",
        by=world.driver,
        input={"reason": "x" * 5_000},
    )
    assert said["goOffline"] == {"errors": [{"__typename": "InvalidInput"}]}
    nowhere = {**given, "position": {"latitude": 91, "longitude": 0}, "measuredAt": now}
    answer = (await ask(document, by=world.driver, input=nowhere))["reportPosition"]
    assert answer["errors"] == [{"__typename": "InvalidInput"}]
