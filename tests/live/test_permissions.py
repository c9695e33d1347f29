"""The matrix over real HTTP and on live sockets; cell by cell it is walked in `tests/graphql`."""

from __future__ import annotations

import pytest

from catering.domain.people import Role
from catering.domain.permissions import OPERATIONS, WATCHING
from tests.footprint import footprint
from tests.sampling import document, roots

from .people import Town
from .serving import Api


def denied(role: Role | None, *kinds: str) -> list[str]:
    cells = ((name, OPERATIONS[name]) for name in roots(*kinds))
    return [name for name, roles in cells if roles is not None and role not in roles]


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
async def test_a_socket_watches_what_the_matrix_allows_and_nothing_else(
    api: Api, town: Town, role: Role | None
) -> None:
    person = await town.person(role or Role.CUSTOMER)
    # A card for the board: what is allowed has something to tell.
    await town.order(await town.person(Role.CUSTOMER), await town.restaurant(person))
    token = person.token if role else None
    before = await footprint(town.transaction)
    no = "FORBIDDEN" if role else "UNAUTHENTICATED"
    async with api.socket(token) as socket:
        for name in WATCHING:
            id = await socket.subscribe(document(name))
            message = await socket.hear()
            while message["id"] != id:  # an earlier one goes on
                message = await socket.hear()
            codes = [
                error["extensions"]["code"]
                for error in (message["payload"] if message["type"] == "error" else [])
            ]
            assert (codes == [no]) is (name in denied(role, "subscription")), (name, message)
    assert await footprint(town.transaction) == before


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
async def test_over_http_a_no_is_told_for_each_field_and_changes_nothing(
    api: Api, town: Town, role: Role | None
) -> None:
    token = (await town.person(role)).token if role else None
    before = await footprint(town.transaction)
    no = "FORBIDDEN" if role else "UNAUTHENTICATED"
    for kind in ("query", "mutation"):
        names = denied(role, kind)[:10]  # an answer has ten errors at most
        if not names:
            continue
        answer = await api.ask(document(*names), token)
        assert answer["data"] == dict.fromkeys(names)
        assert [error["extensions"]["code"] for error in answer["errors"]] == [no] * len(names)
    assert await footprint(town.transaction) == before
