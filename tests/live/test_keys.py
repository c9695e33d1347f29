"""The keys that sign tokens: shared, rotated, retired, and forged by nobody."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime

import jwt
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.cli import main
from catering.database import Transaction
from catering.domain.events import EventKind
from catering.domain.refusals import (
    ForbiddenStep,
    NotFound,
    Refused,
)
from catering.models import Event, SigningKey
from catering.services import keys, tokens
from catering.services.sessions import Tokens
from catering.settings import Settings
from tests.live.signing_in import caller, refreshed, signed_in

from .serving import Api


async def test_replicas_that_start_together_sign_with_one_key(
    transaction: Transaction, settings: Settings
) -> None:
    async with transaction() as session:
        await session.execute(text("DELETE FROM signing_keys"))
    await asyncio.gather(*(signed_in(transaction, settings) for _ in range(5)))
    async with transaction() as session:
        assert len((await session.scalars(select(SigningKey))).all()) == 1


async def test_a_new_key_signs_and_the_one_before_verifies_until_its_tokens_end(
    transaction: Transaction, settings: Settings
) -> None:
    before = await signed_in(transaction, settings)
    made = await rotated(transaction, settings)
    after = await signed_in(transaction, settings)

    assert kid(after) == made != kid(before)
    assert (await caller(transaction, before.access_token)).actor.id == before.user_id
    assert {kid(before), made} <= set(await published(transaction))
    async with transaction() as session:
        key = await session.get_one(SigningKey, kid(before))
        life = settings.access_token_life + keys.SLACK
        assert key.verifies_until == await last_told(session, EventKind.KEY_ROTATED) + life
        await session.execute(text("SET LOCAL catering.clock_offset = '17 minutes'"))
        told = [one["kid"] for one in await keys.published(session)]
        assert made in told
        assert kid(before) not in told


async def test_a_retired_key_verifies_no_more(transaction: Transaction, settings: Settings) -> None:
    before = await signed_in(transaction, settings)
    await rotated(transaction, settings)
    async with transaction() as session:
        await keys.retire(session, kid(before))

    with pytest.raises(tokens.BadToken):
        await caller(transaction, before.access_token)
    assert kid(before) not in await published(transaction)
    again = await refreshed(transaction, settings, before.refresh_token)
    assert isinstance(again, Tokens)
    await caller(transaction, again.access_token)
    async with transaction() as session:
        await last_told(session, EventKind.KEY_RETIRED)


async def test_the_key_that_signs_is_not_retired(
    transaction: Transaction, settings: Settings
) -> None:
    opened = await signed_in(transaction, settings)
    for one, refusal in ((kid(opened), ForbiddenStep), ("0" * 16, NotFound)):
        with pytest.raises(Refused) as refused:
            async with transaction() as session:
                await keys.retire(session, one)
        assert isinstance(refused.value.refusals[0], refusal)
    await caller(transaction, opened.access_token)


async def test_of_those_who_rotate_at_once_one_is_the_last(
    transaction: Transaction, settings: Settings
) -> None:
    before = await signed_in(transaction, settings)
    made = await asyncio.gather(*(rotated(transaction, settings) for _ in range(3)))
    assert kid(await signed_in(transaction, settings)) in made
    assert len({kid(before), *made}) == 4
    await caller(transaction, before.access_token)


async def test_others_can_verify_our_tokens(
    api: Api, transaction: Transaction, settings: Settings
) -> None:
    opened = await signed_in(transaction, settings)
    response = await api.get("/.well-known/jwks.json")
    known = jwt.PyJWKSet.from_dict(response.json())[kid(opened)]
    claims = jwt.decode(opened.access_token, known.key, ["EdDSA"], audience="catering")
    assert claims["role"] == "CUSTOMER"
    assert "d" not in response.json()["keys"][0]


async def test_keys_are_turned_on_the_command_line(settings: Settings) -> None:
    def told(*arguments: str) -> str:
        environment = {
            "CATERING_DATABASE_URL": settings.database_url,
            "CATERING_REDIS_URL": settings.redis_url,
        }
        result = CliRunner().invoke(main, ["keys", *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.output

    made = [await asyncio.to_thread(told, "rotate") for _ in range(2)]
    first, second = (line.split(": ")[1].strip() for line in made)
    await asyncio.to_thread(told, "retire", first)
    lines = {line[:16]: line for line in (await asyncio.to_thread(told, "list")).splitlines()}
    assert lines[second].endswith("signs")
    assert "retired" in lines[first]


async def rotated(transaction: Transaction, settings: Settings) -> str:
    async with transaction() as session:
        return (await keys.rotate(session, settings.access_token_life)).kid


async def published(transaction: Transaction) -> list[str]:
    async with transaction() as session:
        return [one["kid"] for one in await keys.published(session)]


async def last_told(session: AsyncSession, kind: EventKind) -> datetime:
    query = select(Event).where(Event.kind == kind).order_by(Event.id.desc()).limit(1)
    event = (await session.scalars(query)).one()
    assert event.data["kid"]
    return event.occurred_at


def kid(opened: Tokens) -> str:
    told: str = jwt.get_unverified_header(opened.access_token)["kid"]
    return told


async def test_forged_tokens_are_not_believed(transaction: Transaction, settings: Settings) -> None:
    opened = await signed_in(transaction, settings)
    claims = jwt.decode(opened.access_token, options={"verify_signature": False})
    header = jwt.get_unverified_header(opened.access_token)
    stranger = Ed25519PrivateKey.generate()
    without = {key: value for key, value in claims.items() if key != "exp"}
    forged = [
        "",
        "a.b.c",
        "\x00",
        "\ud800",
        jwt.encode(claims, stranger, "EdDSA", headers=header),
        jwt.encode(claims, stranger, "EdDSA", headers={"kid": "\x00"}),
        jwt.encode(claims, stranger, "EdDSA"),
        jwt.encode(claims, "x" * 32, "HS256", headers={**header, "alg": "HS256"}),
        jwt.encode(without, stranger, "EdDSA", headers=header),
        _unsigned(claims, header),
        opened.access_token[:-8] + "AAAAAAAA",
    ]
    for token in forged:
        with pytest.raises(tokens.BadToken):
            await caller(transaction, token)


def _unsigned(claims: dict[str, object], header: dict[str, object]) -> str:
    parts = ({**header, "alg": "none"}, claims)
    return (
        ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in parts
        )
        + "."
    )
