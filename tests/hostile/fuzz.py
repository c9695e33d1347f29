"""`make fuzz`: a minute of documents that nobody would write, with a token of each role.

Not part of `make test`, because it is never the same twice, unless a seed is given. What it finds
is printed as a document, which then belongs into a test of its own. A turn whose time is over
before it has asked everything is told as skipped: what was asked until then was answered well.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as within
from hypothesis import strategies as st

from catering.domain.people import Actor, Role
from catering.models import User
from catering.resolvers.root import schema
from catering.services import sessions
from catering.settings import Settings
from tests.graphql.test_ids import one_of_each
from tests.world import World

from .conftest import Stranger
from .inventing import documents

ENDS: Final = time.monotonic() + 40
"""Of all turns; with what is done before and after it is a minute."""

LEAST: Final = 1.0
"""Seconds of a turn, however long it took to prepare it."""

ENOUGH: Final = 120
"""Documents for each role: what a slow machine asks in its time. Inventing them is most of it."""

_TURNS: Final = [None, *Role]

_known: list[str] = []
_KINDS = st.sampled_from(["query", "query", "mutation"])
_DOCUMENTS = _KINDS.flatmap(lambda kind: documents(schema._schema, kind, lambda: _known))


@dataclass
class Turn:
    """Somebody's part of the minute."""

    token: str | None
    until: float
    asked: int = 0

    def begin(self) -> None:
        """One more document. Leaves the test when the time is over: to go on inventing, and to
        ask nothing, would take as long."""
        if time.monotonic() > self.until:
            pytest.skip(f"The time was over after {self.asked} documents, all answered well.")
        self.asked += 1


@pytest.fixture(params=_TURNS, ids=lambda role: role or "nobody")
async def turn(request: pytest.FixtureRequest, world: World, settings: Settings) -> Turn:
    """Everything there is to ask about is there, and who asks is signed in."""
    _known[:] = (await one_of_each(world)).values()
    token = await _token(world, settings, request.param) if request.param else None
    now, left = time.monotonic(), len(_TURNS) - _TURNS.index(request.param)
    return Turn(token, now + max(LEAST, (ENDS - now) / left))


@given(document=_DOCUMENTS)
@within(
    max_examples=ENOUGH, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
async def test_nothing_that_can_be_asked_is_an_accident(
    intruder: Stranger, turn: Turn, document: str, caplog: pytest.LogCaptureFixture
) -> None:
    turn.begin()
    headers = {"authorization": f"Bearer {turn.token}"} if turn.token else {}
    response = await intruder.posts(json.dumps({"query": document}), **headers)
    assert "INTERNAL_SERVER_ERROR" not in response.text, caplog.text
    assert caplog.records == []


async def _token(world: World, settings: Settings, role: Role) -> str:
    people: dict[Role, Actor] = {
        Role.CUSTOMER: world.customer, Role.DRIVER: world.driver, Role.MANAGER: world.manager,
        Role.RESTAURANT: world.cook, Role.ADMIN: world.manager,
    }  # fmt: skip
    who = people[role].id
    assert who is not None
    async with world.transaction() as session:
        (await session.get_one(User, who)).role = role
        return (await sessions.begin(session, who, role, settings)).access_token
