"""Who works for us, how he comes and goes; through the API, with real letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from catering.models import Task, TaskState
from catering.providers import calling
from catering.providers.mail import Smtp
from catering.workers import letters as letters
from catering.workers.runtime import Runtime
from tests.footprint import footprint
from tests.graphql.conftest import Ask
from tests.graphql.steps import shown
from tests.postbox import Postbox, open_postbox
from tests.world import World

PASSWORD = "варення з малини"
ERRORS = "errors { ... on UserError { code path } }"
INVITE = f"""mutation ($i: InviteStaffInput!) {{ inviteStaff(input: $i) {{
  user {{ id invitedAt roles workplaces {{ slug }} }} {ERRORS} }} }}"""
HIRE = f"""mutation ($i: CreateManagerInput!) {{ createManager(input: $i) {{
  user {{ id invitedAt roles }} {ERRORS} }} }}"""
ACCEPT = f"""mutation ($i: AcceptInvitationInput!) {{ acceptInvitation(input: $i) {{
  session {{ accessToken user {{ id roles workplaces {{ slug }} }} }} {ERRORS} }} }}"""
REMOVE = f"""mutation ($i: RemoveStaffInput!) {{ removeStaff(input: $i) {{
  user {{ workplaces {{ slug }} }} {ERRORS} }} }}"""
DRIVER = "driver { id state rejection documents { kind number expiresOn } }"
REGISTER = f"""mutation ($i: RegisterDriverInput!) {{ registerDriver(input: $i) {{
  {DRIVER} {ERRORS} }} }}"""
SUBMIT = f"""mutation ($i: SubmitDriverDocumentsInput!) {{ submitDriverDocuments(input: $i) {{
  {DRIVER} {ERRORS} }} }}"""
REJECT = f"mutation ($i: RejectDriverInput!) {{ rejectDriver(input: $i) {{ {DRIVER} {ERRORS} }} }}"
APPROVE = (
    f"mutation ($i: ApproveDriverInput!) {{ approveDriver(input: $i) {{ {DRIVER} {ERRORS} }} }}"
)
ERASE = f"mutation ($i: EraseMyAccountInput!) {{ eraseMyAccount(input: $i) {{ {ERRORS} }} }}"
USERS = (
    """query ($f: UserFilter) { users(filter: $f) { totalCount nodes { displayName email } } }"""
)


async def say(ask: Ask, document: str, by: Actor | None, **input: Any) -> Any:
    (payload,) = (await ask(document, by=by, i=input)).values()
    return payload


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with open_postbox() as box:
        yield box


async def post(ask: Ask, postbox: Postbox) -> int:
    """What a worker does; how many letters came."""
    before = len(postbox.letters)
    async with calling.client() as http, ask.transaction() as session:
        query = select(Task.id).where(Task.kind == "send_mail", Task.state == TaskState.PENDING)
        waiting = (await session.scalars(query.order_by(Task.id))).all()
        runtime = Runtime(ask.transaction, http, mail=Smtp(postbox.url, "food@catering.test"))
    for id in waiting:
        await runtime.run(id)
    return len(postbox.letters) - before


async def test_a_cook_is_invited_comes_works_and_goes(
    ask: Ask, world: World, postbox: Postbox
) -> None:
    places = [shown(Prefix.RESTAURANT, id) for id in (world.kitchen, world.market)]
    card = {"email": "halya@kitchen.test", "displayName": "Галя"}
    invited = await say(ask, INVITE, world.manager, **card, restaurantIds=places[:1])
    assert (invited["user"]["roles"], invited["errors"]) == (["RESTAURANT"], [])
    assert invited["user"]["invitedAt"] is not None
    assert len(invited["user"]["workplaces"]) == 1

    assert await post(ask, postbox) == 1
    assert postbox.letters[0]["To"] == card["email"]
    token = postbox.token()
    weak = await say(ask, ACCEPT, None, token=token, password="x")
    assert [error["path"] for error in weak["errors"]] == [["input", "password"]]
    came = await say(ask, ACCEPT, None, token=token, password=PASSWORD)
    assert came["session"]["user"]["roles"] == ["RESTAURANT"]
    halya = Actor(ids.decode(came["session"]["user"]["id"])[1], Role.RESTAURANT)
    before = await footprint(world.transaction)
    late = await say(ask, ACCEPT, None, token=token, password="another one of hers")
    assert [error["code"] for error in late["errors"]] == ["STALE_TOKEN"]
    assert await footprint(world.transaction) == before

    # She is known now: a second restaurant needs no letter.
    again = await say(ask, INVITE, world.manager, **card, restaurantIds=places)
    assert (again["user"]["invitedAt"], len(again["user"]["workplaces"])) == (None, 2)
    assert await post(ask, postbox) == 0

    user = shown(Prefix.USER, halya.id)  # type: ignore[arg-type]
    for left, place in ((1, places[0]), (0, places[1])):
        gone = await say(ask, REMOVE, world.manager, userId=user, restaurantId=place)
        assert len(gone["user"]["workplaces"]) == left
    never = await say(ask, REMOVE, world.manager, userId=user, restaurantId=places[0])
    assert [error["code"] for error in never["errors"]] == ["NOT_FOUND"]


async def test_a_manager_comes_by_the_invitation_of_an_admin(
    ask: Ask, world: World, postbox: Postbox
) -> None:
    admin = Actor(world.manager.id, Role.ADMIN)
    card = {"email": "vira@office.test", "displayName": "Віра"}
    assert (await say(ask, HIRE, admin, **card))["errors"] == []
    assert await post(ask, postbox) == 1
    token = postbox.token()
    came = await say(ask, ACCEPT, None, token=token, password=PASSWORD)
    assert came["session"]["user"]["roles"] == ["MANAGER"]

    before = await footprint(world.transaction)
    taken = await say(ask, HIRE, admin, **card)
    place = shown(Prefix.RESTAURANT, world.kitchen)
    other_role = await say(ask, INVITE, admin, **card, restaurantIds=[place])
    nowhere = await say(ask, INVITE, admin, email="x", displayName="", restaurantIds=[])
    unknown = await say(ask, INVITE, admin, **card, restaurantIds=["x"])
    told = [
        [(error["code"], error["path"][1]) for error in answer["errors"]]
        for answer in (taken, other_role, nowhere, unknown)
    ]
    assert told == [
        [("INVALID_INPUT", "email")], [("INVALID_INPUT", "email")],
        [("INVALID_INPUT", "restaurantIds")], [("NOT_FOUND", "restaurantIds")],
    ]  # fmt: skip
    assert await footprint(world.transaction) == before


async def test_a_driver_hands_in_his_papers_and_is_judged(ask: Ask, world: World) -> None:
    licence = {"kind": "DRIVING_LICENCE", "number": "ВХІ 1", "expiresOn": "2999-01-01"}
    form = {
        "email": "ivan@road.test", "password": PASSWORD, "displayName": "Іван",
        "phone": "0671000003", "vehicle": "CAR",
    }  # fmt: skip
    over = [{**licence, "expiresOn": "2020-01-01"}]
    refused = await say(ask, REGISTER, None, **form, documents=over)
    assert [error["path"][1:] for error in refused["errors"]] == [["documents", "0", "expiresOn"]]
    driver = (await say(ask, REGISTER, None, **form, documents=[licence]))["driver"]
    assert driver["state"] == "PENDING_APPROVAL"
    assert driver["documents"] == [licence]
    ivan = Actor(ids.decode(driver["id"])[1], Role.DRIVER)

    no = await say(ask, REJECT, world.manager, driverId=driver["id"], reason="Blurred.")
    assert (no["driver"]["state"], no["driver"]["rejection"]) == ("REJECTED", "Blurred.")
    listed = await ask("{ drivers(state: [REJECTED]) { nodes { id } } }", by=world.manager)
    assert listed["drivers"]["nodes"] == [{"id": driver["id"]}]
    again = await say(ask, SUBMIT, ivan, documents=[{**licence, "number": "ВХІ 2"}])
    assert (again["driver"]["state"], again["driver"]["rejection"]) == ("PENDING_APPROVAL", None)
    assert [document["number"] for document in again["driver"]["documents"]] == ["ВХІ 2"]

    yes = await say(ask, APPROVE, world.manager, driverId=driver["id"])
    assert yes["driver"]["state"] == "OFFLINE"
    late = await say(ask, REJECT, world.manager, driverId=driver["id"], reason="No.")
    assert [error["code"] for error in late["errors"]] == ["FORBIDDEN_STEP"]
    seen = "query ($id: ID!) { node(id: $id) { ... on Driver { documents { kind } } } }"
    assert (await ask(seen, by=ivan, id=driver["id"]))["node"]["documents"] != []
    assert (await ask(seen, by=world.stranger, id=driver["id"]))["node"] is None


async def test_the_office_finds_people_and_everybody_finds_his_own_data(
    ask: Ask, world: World
) -> None:
    async def found(**filter: Any) -> list[str]:
        nodes = (await ask(USERS, by=world.manager, f=filter))["users"]["nodes"]
        return [node["displayName"] for node in nodes]

    assert await found(role=["RESTAURANT"]) == ["A restaurant"] * 2
    assert await found(search="A DRI") == ["A driver"] * 2
    assert await found(search="+3805", suspended=True) == []
    suspend = """mutation ($i: SuspendUserInput!) { suspendUser(input: $i) {
      user { suspendedAt suspension } errors { ... on UserError { code } } } }"""
    user = shown(Prefix.USER, world.stranger.id)  # type: ignore[arg-type]
    closed = await say(ask, suspend, world.manager, userId=user, reason=" Spam. ")
    assert closed["user"]["suspension"] == "Spam."
    assert await found(suspended=True) == ["A customer"]

    mine = (await ask("{ myData }", by=world.driver))["myData"]
    assert mine["account"][0]["role"] == "DRIVER"
    assert mine["driver"][0]["vehicle"] == "BICYCLE"


async def test_one_is_forgotten_with_ones_password_only(ask: Ask, world: World) -> None:
    register = """mutation ($i: RegisterCustomerInput!) { registerCustomer(input: $i) {
      session { user { id } } } }"""
    form = {"email": "olha@x.test", "displayName": "Ольга", "phone": "0671000003"}
    came = await say(ask, register, None, **form, password=PASSWORD)
    olha = Actor(ids.decode(came["session"]["user"]["id"])[1], Role.CUSTOMER)
    wrong = await say(ask, ERASE, olha, password="not this one")
    assert wrong["errors"] == [{"code": "INVALID_CREDENTIALS", "path": ["input", "password"]}]
    assert (await ask(USERS, by=world.manager, f={"search": "olha@"}))["users"]["totalCount"] == 1
    assert (await say(ask, ERASE, olha, password=PASSWORD))["errors"] == []
    assert (await ask(USERS, by=world.manager, f={"search": "olha@"}))["users"]["totalCount"] == 0
