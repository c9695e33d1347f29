"""Who may no longer be there is shown out, and nobody fills the room."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx
import jwt
import pytest

from catering.database import Transaction
from catering.domain.people import Role
from catering.models import User
from catering.services import keys, sessions, tokens
from catering.settings import Settings
from catering.transport import calling

from .people import Person, Town
from .serving import Api, serving_here


async def test_a_socket_is_closed_as_soon_as_its_session_is_ended(
    town: Town, settings: Settings, transaction: Transaction
) -> None:
    cook, driver = await town.person(Role.RESTAURANT), await town.person(Role.DRIVER)
    forgetful = await town.person(Role.CUSTOMER)
    async with (
        serving_here(settings) as api,
        api.socket(cook.token) as one,
        api.socket(driver.token) as other,
        api.socket(forgetful.token) as third,
    ):
        async with transaction() as session:
            family = (await tokens.read(session, driver.token)).family
            await sessions.sign_out(session, family)
            await sessions.end_all(session, forgetful.id)  # as a new password does
        await town.announce()
        # Nobody looks by himself within that time.
        for ended in (other, third):
            assert await ended.closed(within=calling.LOOK_AFTER / 3) == 4403
        await one.say({"type": "ping"})
        assert await one.hear() == {"type": "pong"}


async def test_a_socket_is_closed_as_soon_as_the_key_of_its_token_is_retired(
    town: Town, settings: Settings, transaction: Transaction
) -> None:
    cook = await town.person(Role.RESTAURANT)
    async with transaction() as session:
        await keys.rotate(session, settings.access_token_life)
    driver = await town.person(Role.DRIVER)
    async with (
        serving_here(settings) as api,
        api.socket(cook.token) as old,
        api.socket(driver.token) as new,
    ):
        async with transaction() as session:
            await keys.retire(session, jwt.get_unverified_header(cook.token)["kid"])
        await town.announce()
        assert await old.closed(within=calling.LOOK_AFTER / 3) == 4403
        await new.say({"type": "ping"})
        assert await new.hear() == {"type": "pong"}


async def test_a_socket_is_closed_when_its_role_was_taken_and_nobody_said_so(
    town: Town, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "LOOK_AFTER", 0.05)
    cook = await town.person(Role.RESTAURANT)
    async with serving_here(settings) as api, api.socket(cook.token) as socket:
        await town.becomes(User, cook.id, role=Role.CUSTOMER)
        assert await socket.closed() == 4403


async def test_a_user_has_so_many_sockets_and_streams_and_no_more(
    town: Town, settings: Settings
) -> None:
    anna, boris = await town.person(Role.CUSTOMER), await town.person(Role.CUSTOMER)
    init = {"type": "connection_init", "payload": {"token": anna.token}}
    async with serving_here(replace(settings, sockets_per_user=2)) as api:
        async with api.socket(anna.token), api.socket(anna.token), api.dial() as third:
            await third.send(json.dumps(init))
            await third.wait_closed()
            assert third.close_code == 4429
            assert (await _stream(api, anna)).status_code == 429
            async with api.socket(boris.token):
                assert (await _stream(api, boris)).status_code == 200
        # Whoever leaves makes room, as soon as it is noticed.
        async with asyncio.timeout(10):
            while (await _stream(api, anna)).status_code == 429:
                pass


async def _stream(api: Api, person: Person) -> httpx.Response:
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {person.token}"}
    body = {"query": "subscription { serverTick(limit: 1) { sequence } }"}
    async with httpx.AsyncClient(verify=False, headers=headers) as http:
        return await http.post(f"{api.url}/graphql", json=body)
