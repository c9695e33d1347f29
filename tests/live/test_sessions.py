"""Registering and signing in, as `walk.graphql` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import OperationDefinitionNode, parse, validate

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Role
from catering.resolvers.root import schema

from .people import Town
from .serving import Api

WALK = (Path(__file__).parent.parent / "walk.graphql").read_text()
VIEWER = """{ viewer { user { id email roles } driver { id state } restaurants { id }
  orders(first: 5) { nodes { id } totalCount } } }"""
OUT = "mutation { signOut(input: {}) { errors { __typename } query { viewer { user { id } } } } }"
EVERYWHERE = """mutation ($t: String) { signOut(input: {refreshToken: $t, everywhere: true}) {
  errors { __typename } } }"""


def form(**different: str) -> dict[str, str]:
    plain = {
        "email": f"{uuid4().hex}@example.test",
        "password": "варення з малини",
        "displayName": "Анна",
        "phone": "067 100 00 03",
    }
    return {**plain, **different}


async def walk(api: Api, operation: str, token: str | None = None, **input: Any) -> Any:
    body = {"query": WALK, "operationName": operation, "variables": {"input": input}}
    answer = (await api.post(body, token)).json()
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


async def entered(api: Api, operation: str, **input: Any) -> dict[str, Any]:
    payload = await walk(api, operation, **input)
    assert payload["errors"] == []
    session: dict[str, Any] = payload["session"]
    return session


async def viewer(api: Api, token: str) -> Any:
    return (await api.ask(VIEWER, token))["data"]["viewer"]


def test_the_walk_is_valid() -> None:
    document = parse(WALK)
    assert validate(schema._schema, document) == []
    assert sum(isinstance(one, OperationDefinitionNode) for one in document.definitions) > 20


async def test_a_customer_registers_and_is_himself(api: Api) -> None:
    person = form()
    session = await entered(api, "RegisterCustomer", **person)
    assert session["user"]["roles"] == ["CUSTOMER"]

    seen = await viewer(api, session["accessToken"])
    assert seen["user"] == {
        "id": session["user"]["id"], "email": person["email"], "roles": ["CUSTOMER"],
    }  # fmt: skip
    assert (seen["driver"], seen["restaurants"], seen["orders"]["totalCount"]) == (None, [], 0)


async def test_a_driver_registers_and_waits_for_approval(api: Api) -> None:
    payload = await walk(api, "RegisterDriver", **form(vehicle="BICYCLE"))
    assert payload["driver"]["state"] == "PENDING_APPROVAL"
    seen = await viewer(api, payload["session"]["accessToken"])
    assert seen["driver"]["id"] == payload["driver"]["id"]


async def test_everything_wrong_with_a_form_is_told_with_its_place(api: Api) -> None:
    payload = await walk(api, "RegisterCustomer", **form(email="x", password="x", phone="x"))
    assert payload["session"] is None
    assert {tuple(error["path"]) for error in payload["errors"]} == {
        ("input", "email"), ("input", "password"), ("input", "phone"),
    }  # fmt: skip


async def test_somebody_comes_back_stays_and_leaves(api: Api) -> None:
    person = form()
    await entered(api, "RegisterCustomer", **person)
    known = {"email": person["email"].upper(), "password": person["password"]}
    first = await entered(api, "SignIn", **known)
    second = await entered(api, "RefreshSession", refreshToken=first["refreshToken"])
    assert second["user"] == first["user"]

    assert "errors" not in await api.ask(OUT, second["accessToken"])
    response = await api.post({"query": "{ __typename }"}, second["accessToken"])
    assert response.status_code == 401


async def test_who_leaves_everywhere_has_to_sign_in_again_everywhere(api: Api) -> None:
    person = form()
    known = {"email": person["email"], "password": person["password"]}
    here = await entered(api, "RegisterCustomer", **person)
    there = await entered(api, "SignIn", **known)

    everywhere = OUT.replace("{}", "{ everywhere: true }")
    answer = await api.ask(everywhere, here["accessToken"])
    assert answer["data"]["signOut"]["errors"] == []
    for session in (here, there):
        response = await api.post({"query": "{ __typename }"}, session["accessToken"])
        assert response.status_code == 401


async def test_nobody_has_nothing_to_leave(api: Api) -> None:
    answer = await api.ask(OUT)
    assert answer["data"]["signOut"]["errors"] == [{"__typename": "StaleSession"}]


async def test_a_refresh_token_is_enough_to_leave(api: Api) -> None:
    out = "mutation ($t: String) { signOut(input: {refreshToken: $t}) { errors { __typename } } }"
    first = await entered(api, "RegisterCustomer", **form())
    for token, errors in (("x", [{"__typename": "StaleSession"}]), (first["refreshToken"], [])):
        answer = await api.ask(out, t=token)
        assert answer["data"]["signOut"] == {"errors": errors}
    response = await api.post({"query": "{ __typename }"}, first["accessToken"])
    assert response.status_code == 401


async def test_a_refresh_token_leaves_everywhere_only_while_it_is_good(api: Api) -> None:
    person = form()
    known = {"email": person["email"], "password": person["password"]}
    spent = await entered(api, "RegisterCustomer", **person)
    here = await entered(api, "RefreshSession", refreshToken=spent["refreshToken"])
    there = await entered(api, "SignIn", **known)

    async def leave(token: str) -> Any:
        return (await api.ask(EVERYWHERE, t=token))["data"]["signOut"]["errors"]

    async def statuses() -> list[int]:
        both = (here, there)
        asked = [await api.post({"query": "{ __typename }"}, one["accessToken"]) for one in both]
        return [response.status_code for response in asked]

    assert await leave(spent["refreshToken"]) == [{"__typename": "StaleSession"}]
    assert await statuses() == [200, 200]
    assert await leave(here["refreshToken"]) == []
    assert await statuses() == [401, 401]
    assert await leave(there["refreshToken"]) == [{"__typename": "StaleSession"}]


async def test_a_refresh_token_goes_before_the_session_of_the_request(api: Api) -> None:
    person = form()
    known = {"email": person["email"], "password": person["password"]}
    here = await entered(api, "RegisterCustomer", **person)
    there = await entered(api, "SignIn", **known)

    out = EVERYWHERE.replace("true", "null")
    answer = await api.ask(out, here["accessToken"], t=there["refreshToken"])
    assert answer["data"]["signOut"]["errors"] == []
    for session, status in ((here, 200), (there, 401)):
        response = await api.post({"query": "{ __typename }"}, session["accessToken"])
        assert response.status_code == status


async def test_a_wrong_password_is_refused(api: Api) -> None:
    person = form()
    await entered(api, "RegisterCustomer", **person)
    for known in ({"email": person["email"]}, {"email": "nobody@example.test"}):
        payload = await walk(api, "SignIn", **known, password="not this one")
        assert payload["session"] is None
        assert [error["code"] for error in payload["errors"]] == ["INVALID_CREDENTIALS"]


async def test_a_stolen_refresh_token_puts_everybody_out(api: Api) -> None:
    first = await entered(api, "RegisterCustomer", **form())
    second = await entered(api, "RefreshSession", refreshToken=first["refreshToken"])
    for token in (first["refreshToken"], second["refreshToken"], "", "nonsense"):
        payload = await walk(api, "RefreshSession", refreshToken=token)
        assert [error["code"] for error in payload["errors"]] == ["STALE_SESSION"]
    assert (await api.post({"query": "{ __typename }"}, second["accessToken"])).status_code == 401


async def test_a_cook_sees_where_he_works(api: Api, town: Town) -> None:
    cook = await town.person(Role.RESTAURANT)
    place = await town.restaurant(cook)
    seen = await viewer(api, cook.token)
    assert seen["restaurants"] == [{"id": ids.encode(Prefix.RESTAURANT, place)}]


async def test_nobody_has_no_viewer(api: Api) -> None:
    assert (await api.ask(VIEWER))["data"]["viewer"] is None


@pytest.mark.parametrize("role", [None, Role.CUSTOMER, Role.DRIVER, Role.RESTAURANT])
async def test_an_order_is_readable_by_nobody_else(api: Api, town: Town, role: Role | None) -> None:
    anna = await town.person(Role.CUSTOMER)
    order, _ = await town.order(anna, await town.restaurant())
    id = ids.encode(Prefix.ORDER, order)
    ask = "query ($id: ID!) { order(id: $id) { id } node(id: $id) { id } }"
    assert (await api.ask(ask, anna.token, id=id))["data"]["order"] == {"id": id}

    token = (await town.person(role)).token if role else None
    answer = await api.ask(ask, token, id=id)
    assert (answer["data"] or {}).get("order") is None
    assert (answer["data"] or {}).get("node") is None
