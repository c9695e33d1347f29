"""The office says where a driver works; he sees it, and why he was not asked."""

from __future__ import annotations

from typing import Any

import pytest

from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from tests.footprint import footprint
from tests.graphql.conftest import Ask
from tests.graphql.steps import assigned, offered, shown
from tests.world import AT_KITCHEN, World

ZONE = "zone { circle { centre { latitude longitude } radiusMeters } outline { latitude } }"
SET = f"""mutation ($i: SetDriverZoneInput!) {{ setDriverZone(input: $i) {{
  driver {{ {ZONE} }}
  errors {{ ... on UserError {{ code path }} ... on InvalidInput {{ rule }} }} }} }}"""
SEEN = f"query ($id: ID!) {{ node(id: $id) {{ ... on Driver {{ {ZONE} }} }} }}"
HERE = {"latitude": AT_KITCHEN.latitude, "longitude": AT_KITCHEN.longitude}
CIRCLE = {"circle": {"centre": HERE, "radiusMeters": 300}}
CORNERS = [{"latitude": n, "longitude": e} for n, e in ((50.4, 30.4), (50.4, 30.6), (50.5, 30.5))]


async def put(ask: Ask, world: World, by: Actor, **zone: Any) -> Any:
    driver = shown(Prefix.DRIVER, world.driver.id)  # type: ignore[arg-type]
    return (await ask(SET, by=by, i={"driverId": driver, **zone}))["setDriverZone"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
async def test_the_office_gives_a_zone_and_takes_it_away(
    ask: Ask, world: World, role: Role
) -> None:
    office = Actor(world.manager.id, role)
    driver = shown(Prefix.DRIVER, world.driver.id)  # type: ignore[arg-type]

    circle = await put(ask, world, office, zone=CIRCLE)
    assert circle == {"driver": {"zone": {**CIRCLE, "outline": None}}, "errors": []}
    outline = await put(ask, world, office, zone={"outline": CORNERS})
    latitudes = [{"latitude": corner["latitude"]} for corner in CORNERS]
    assert outline["driver"] == {"zone": {"circle": None, "outline": latitudes}}
    assert (await ask(SEEN, by=world.driver, id=driver))["node"] == outline["driver"]
    for stranger in (world.second_driver, world.customer, world.cook):
        seen = (await ask(SEEN, by=stranger, id=driver))["node"]
        assert (seen or {"zone": None})["zone"] is None

    everywhere = await put(ask, world, office, zone=None)
    assert everywhere == {"driver": {"zone": None}, "errors": []}


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ({"circle": {"centre": HERE, "radiusMeters": 0}}, [("radius", "circle.radiusMeters")]),
        ({"circle": {"centre": {"latitude": 91, "longitude": 0}, "radiusMeters": 60_000}},
         [("radius", "circle.radiusMeters"), ("coordinates", "circle.centre")]),
        ({"outline": []}, [("outline", "outline")]),
        ({"outline": CORNERS[:2]}, [("outline", "outline")]),
        ({"outline": [*CORNERS, {"latitude": 0, "longitude": -181}]},
         [("coordinates", "outline.3")]),
    ],
)  # fmt: skip
async def test_all_that_is_wrong_with_a_zone_is_told_and_nothing_changes(
    ask: Ask, world: World, zone: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    await put(ask, world, world.manager, zone=CIRCLE)
    before = await footprint(world.transaction)
    answer = await put(ask, world, world.manager, zone=zone)
    assert answer["driver"] is None
    assert [(e["rule"], ".".join(e["path"][2:])) for e in answer["errors"]] == told
    assert await footprint(world.transaction) == before


async def test_a_zone_is_one_of_both_and_of_a_driver(ask: Ask, world: World) -> None:
    driver = shown(Prefix.DRIVER, world.driver.id)  # type: ignore[arg-type]
    zones: list[Any] = [{}, {**CIRCLE, "outline": CORNERS}, {"outline": None}, {"circle": {}}]
    for zone in zones:
        _, codes = await ask.all(SET, by=world.manager, i={"driverId": driver, "zone": zone})
        assert set(codes) == {"BAD_USER_INPUT"}, zone
    for id in ("x", shown(Prefix.DRIVER, world.customer.id)):  # type: ignore[arg-type]
        no = (await ask(SET, by=world.manager, i={"driverId": id, "zone": CIRCLE}))["setDriverZone"]
        assert [error["code"] for error in no["errors"]] == ["NOT_FOUND"]


async def test_a_driver_reads_that_it_lay_outside_his_zone(ask: Ask, world: World) -> None:
    driver = shown(Prefix.DRIVER, world.driver.id)  # type: ignore[arg-type]
    await put(ask, world, world.manager, zone=CIRCLE)
    with pytest.raises(IndexError):  # of the offers there is none
        await offered(world, await world.order())
    mine = "query ($id: ID!) { node(id: $id) { ... on Driver { considerations { verdict } } } }"
    told = {"considerations": [{"verdict": "OUTSIDE_ZONE"}]}
    assert (await ask(mine, by=world.driver, id=driver))["node"] == told


async def test_assigning_what_lies_outside_is_refused_with_its_reason(
    ask: Ask, world: World
) -> None:
    delivery = await assigned(world, await world.order())
    other = shown(Prefix.DRIVER, world.second_driver.id)  # type: ignore[arg-type]
    online = """mutation ($at: GeoPointInput!) {
      goOnline(input: {position: $at}) { errors { __typename } } }"""
    await ask(online, by=world.second_driver, at=HERE)
    await ask(SET, by=world.manager, i={"driverId": other, "zone": CIRCLE})
    assign = """mutation ($i: AssignDeliveryInput!) { assignDelivery(input: $i) {
      delivery { status } errors { __typename ... on UserError { code message } } } }"""
    given = {
        "deliveryId": shown(Prefix.DELIVERY, delivery.id), "driverId": other,
        "idempotencyKey": "a",
    }  # fmt: skip
    before = await footprint(world.transaction)
    answer = (await ask(assign, by=world.manager, i=given))["assignDelivery"]
    assert answer["delivery"] is None
    (no,) = answer["errors"]
    assert (no["__typename"], no["code"]) == ("DriverOutOfZone", "DRIVER_OUT_OF_ZONE")
    assert "zone" in no["message"]
    assert await footprint(world.transaction) == before
