"""Organisations through the API: written down, ordered for, and approved by members."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from catering.domain import ids, ledger
from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.root import schema
from catering.services.orders import lock
from tests.graphql.conftest import Ask
from tests.graphql.steps import shown
from tests.sites import KYIV, School
from tests.world import World

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = (DOCS / "facilities.md").read_text() + (DOCS / "money.md").read_text()
WRITTEN = re.findall(r"```graphql\n(.*?)```", PAGES, re.DOTALL)
ERRORS = "errors { __typename ... on UserError { path } ... on InvalidInput { rule } }"
SITE = """
name address { line } costCentres deliveryWindows { day spans { opens closes } } notice cutOff
cutOffDaysBefore approvalAbove { amount } closedAt
organisation { name members { user { displayName } parts } }
"""
SHOWN = {
    "createOrganisation": "organisation { id name billing approvalAbove { amount } }",
    "changeOrganisationDetails": "organisation { name billing approvalAbove { amount } }",
    "setMember": "organisation { members { parts } }",
    "removeMember": "organisation { members { parts } }",
    "addFacility": "facility { id }",
    "changeFacilityDetails": f"facility {{ {SITE} }}",
    "setDeliveryWindows": f"facility {{ {SITE} }}",
    "closeFacility": f"facility {{ {SITE} }}",
    "placeOrder": "order { id status pin headcount costCentre facility { name } }",
    "approveOrder": "order { status approval { approvedAt note actor { displayName } } }",
    "rejectOrder": "order { status cancellation { reason comment actorRole } }",
}


async def say(ask: Ask, operation: str, by: Actor, **given: Any) -> Any:
    """What an intention answers."""
    kind = operation[:1].upper() + operation[1:]
    document = f"""
    mutation ($input: {kind}Input!) {{
      answer: {operation}(input: $input) {{ {SHOWN[operation]} {ERRORS} }}
    }}
    """
    return (await ask(document, by=by, input=given))["answer"]


async def ordered(ask: Ask, school: School, by: Actor | None = None, **changes: Any) -> Any:
    world, lunch = school.world, await school.lunch()
    products = (world.borscht, world.juice)
    usual = {
        "type": "FOR_FACILITY",
        "lines": [{"productId": shown(Prefix.PRODUCT, one)} for one in products],
        "facilityId": shown(Prefix.FACILITY, school.site),
        "headcount": 25,
        "costCentre": "Учні",
        "contactPhone": "0671234567",
        "paymentMethod": "INVOICE",
        "window": {"from": lunch.start.isoformat(), "until": lunch.end.isoformat()},
        "idempotencyKey": str(changes),
    }
    return await say(ask, "placeOrder", by or school.orderer, **{**usual, **changes})


async def lyceum(ask: Ask, world: World) -> str:
    """The id of an organisation that the office has written down."""
    made = await say(
        ask, "createOrganisation", world.manager, name="Ліцей", billing="ЄДРПОУ 1", currency="UAH"
    )
    assert made["errors"] == []
    return str(made["organisation"]["id"])


async def test_the_office_writes_an_organisation_down_once(ask: Ask, world: World) -> None:
    await lyceum(ask, world)
    twice = await say(
        ask, "createOrganisation", world.manager, name="Ліцей", billing="-", currency="UAH"
    )
    assert twice["errors"] == [
        {"__typename": "InvalidInput", "path": ["input", "name"], "rule": "taken"}
    ]
    named = await ask("{ organisations { nodes { name } totalCount } }", by=world.manager)
    assert named == {"organisations": {"nodes": [{"name": "Ліцей"}], "totalCount": 1}}


async def test_the_office_writes_a_site_and_its_rules_down(ask: Ask, world: World) -> None:
    by, money = world.manager, {"amount": "2000.00", "currency": "UAH"}
    id = await lyceum(ask, world)
    changed = await say(
        ask, "changeOrganisationDetails", by, organisationId=id, approvalAbove=money
    )
    assert changed["organisation"]["approvalAbove"] == {"amount": "2000.00"}
    door = {"line": "вул. Пирогова, 9", "location": {"latitude": 50.44, "longitude": 30.51}}
    site = await say(
        ask, "addFacility", by, organisationId=id, name="Їдальня", address=door,
        costCentres=["A"],
    )  # fmt: skip
    facility = site["facility"]["id"]
    spans = [{"opens": "12:00", "closes": "14:00"}]
    told = await say(
        ask, "setDeliveryWindows", by, facilityId=facility, notice="PT2H", cutOff="16:00",
        cutOffDaysBefore=1, days=[{"day": "MONDAY", "spans": spans}],
    )  # fmt: skip
    assert told == {
        "facility": {
            "name": "Їдальня", "address": {"line": door["line"]}, "costCentres": ["A"],
            "deliveryWindows": [{"day": "MONDAY", "spans": spans}], "notice": "PT2H",
            "cutOff": "16:00", "cutOffDaysBefore": 1, "approvalAbove": {"amount": "2000.00"},
            "closedAt": None, "organisation": {"name": "Ліцей", "members": []},
        },
        "errors": [],
    }  # fmt: skip
    own = {"amount": "5.00", "currency": "UAH"}
    dear = await say(ask, "changeFacilityDetails", by, facilityId=facility, approvalAbove=own)
    assert dear["facility"]["approvalAbove"] == {"amount": "5.00"}
    usual = await say(ask, "changeFacilityDetails", by, facilityId=facility, asOrganisation=True)
    assert usual["facility"]["approvalAbove"] == {"amount": "2000.00"}
    closed = await say(ask, "closeFacility", by, facilityId=facility)
    assert closed["facility"]["closedAt"] is not None


async def test_a_colleague_approves_what_was_ordered_and_reads_what_comes(
    ask: Ask, world: World
) -> None:
    school = await School.made(world)
    answer = await ordered(ask, school)
    assert answer["errors"] == []
    order = answer["order"]
    assert order | {"id": 0} == {
        "id": 0, "status": "AWAITING_APPROVAL", "pin": None, "headcount": 25,
        "costCentre": "Учні", "facility": {"name": "Їдальня"},
    }  # fmt: skip
    waits = "query ($id: ID!) { order(id: $id) { waitingOn { role then } } }"
    (wait,) = (await ask(waits, by=school.approver, id=order["id"]))["order"]["waitingOn"]
    assert wait == {"role": "CUSTOMER", "then": "The order is called off, and nothing is charged."}
    assert await coming(ask, school) == {"headcount": 0, "orders": []}

    yes = await say(
        ask, "approveOrder", school.approver, orderId=order["id"], note="Смачного!",
        idempotencyKey="yes",
    )  # fmt: skip
    assert yes["order"]["status"] == "SCHEDULED"
    assert yes["order"]["approval"]["note"] == "Смачного!"
    assert await coming(ask, school) == {
        "headcount": 25,
        "orders": [
            {
                "headcount": 25, "costCentre": "Учні", "order": {"id": order["id"]},
                "lines": [{"name": "Borscht", "quantity": 1}, {"name": "Juice", "quantity": 1}],
            }
        ],
    }  # fmt: skip
    assert await coming(ask, school, days=2) == {"headcount": 0, "orders": []}
    assert await coming(ask, school, by=Actor(world.driver.id, world.customer.role)) is None
    found = await ask(
        "query ($f: [ID!]) { orders(filter: {facility: $f}) { totalCount } }",
        by=school.approver, f=[shown(Prefix.FACILITY, school.site)],
    )  # fmt: skip
    assert found == {"orders": {"totalCount": 1}}


async def test_an_approver_says_no(ask: Ask, world: World) -> None:
    school = await School.made(world)
    id = (await ordered(ask, school))["order"]["id"]
    silent = await say(
        ask, "rejectOrder", school.approver, orderId=id, note=" ", idempotencyKey="no"
    )
    assert [error["rule"] for error in silent["errors"]] == ["length"]
    no = await say(
        ask, "rejectOrder", school.approver, orderId=id, note="Дорого.", idempotencyKey="no"
    )
    assert no["order"] == {
        "status": "CANCELLED",
        "cancellation": {"reason": "NOT_APPROVED", "comment": "Дорого.", "actorRole": "CUSTOMER"},
    }


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"headcount": 0}, "headcount"),
        ({"costCentre": "X"}, "costCentre"),
        ({"facilityId": None}, "facilityId"),
        ({"facilityId": "ord_x"}, "facilityId"),
        ({"paymentMethod": "CASH"}, "paymentMethod"),
        ({"window": None}, "window"),
    ],
)
async def test_what_cannot_be_ordered_for_a_site_is_refused(
    ask: Ask, world: World, changes: dict[str, Any], path: str
) -> None:
    answer = await ordered(ask, await School.made(world), **changes)
    assert (answer["order"], [error["path"] for error in answer["errors"]]) == (
        None, [["input", path]],
    )  # fmt: skip


async def test_a_bill_adds_up_what_was_ordered_and_given_back(ask: Ask, world: World) -> None:
    school = await School.made(world)
    id = (await ordered(ask, school))["order"]["id"]
    async with world.transaction() as session:
        order = await lock(session, ids.decode(id)[1])
        order.book.write(ledger.invoiced(10_000, school.organisation))
        order.book.write(ledger.credited(2_500, school.organisation))
    document = """query ($id: ID!, $since: DateTime!) {
      node(id: $id) { ... on Organisation {
        all: billed { amount currency } none: billed(within: {until: $since}) { amount }
      } }
    }"""
    since = "2020-01-01T00:00:00Z"
    organisation = shown(Prefix.ORGANISATION, school.organisation)
    for who in (world.manager, school.approver):
        seen = await ask(document, by=who, id=organisation, since=since)
        assert seen["node"] == {
            "all": {"amount": "75.00", "currency": "UAH"}, "none": {"amount": "0.00"},
        }  # fmt: skip


async def test_members_find_their_sites_and_others_find_none(ask: Ask, world: World) -> None:
    school = await School.made(world)
    document = """{
      viewer { facilities { name } memberships { parts organisation { name } } }
    }"""
    seen = (await ask(document, by=school.orderer))["viewer"]
    assert seen == {
        "facilities": [{"name": "Їдальня"}],
        "memberships": [{"parts": ["ORDERER"], "organisation": {"name": "Ліцей"}}],
    }
    nothing: Any = {"viewer": {"facilities": [], "memberships": []}}
    assert await ask(document, by=world.driver) == nothing


async def test_a_quote_for_a_site(ask: Ask, world: World) -> None:
    school = await School.made(world)
    lunch = await school.lunch()
    document = f"""query ($input: OrderQuoteInput!) {{
      orderQuote(input: $input) {{ quote {{ total {{ amount }} }} {ERRORS} }}
    }}"""
    given: dict[str, Any] = {
        "lines": [{"productId": shown(Prefix.PRODUCT, world.borscht)}],
        "facilityId": shown(Prefix.FACILITY, school.site),
        "window": {"from": lunch.start.isoformat(), "until": lunch.end.isoformat()},
    }
    quote = await ask(document, by=school.orderer, input=given)
    assert quote["orderQuote"]["quote"] is not None
    where = {"line": "x", "location": {"latitude": 50.4, "longitude": 30.5}}
    for by, more, path in (
        (None, {}, "facilityId"), (school.orderer, {"destination": where}, "destination")
    ):  # fmt: skip
        no = (await ask(document, by=by, input={**given, **more}))["orderQuote"]
        assert (no["quote"], [e["path"] for e in no["errors"]]) == (None, [["input", path]])


@pytest.mark.parametrize("written", WRITTEN)
def test_what_the_pages_show_can_be_asked(written: str) -> None:
    assert validate(schema._schema, parse(written)) == []


async def coming(ask: Ask, school: School, days: int = 1, by: Actor | None = None) -> Any:
    """The hand-over list of a day."""
    date = (await school.lunch(days)).start.astimezone(KYIV).date()
    document = """query ($id: ID!, $date: Date!) {
      handOverList(facilityId: $id, date: $date) {
        headcount orders { headcount costCentre order { id } lines { name quantity } }
      }
    }"""
    site = shown(Prefix.FACILITY, school.site)
    found = await ask(document, by=by or school.approver, id=site, date=date.isoformat())
    return found["handOverList"]
