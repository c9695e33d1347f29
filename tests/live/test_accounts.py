"""Accounts and sessions: who gets in, and how he is put out again."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.cli import main
from catering.database import Transaction
from catering.domain.accounts import Newcomer
from catering.domain.events import EventKind
from catering.domain.people import Actor, Role
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidCredentials,
    InvalidInput,
    NotFound,
    Refused,
    StaleSession,
)
from catering.models import Driver, Event, SigningKey, User
from catering.services import keys, passwords, registering, sessions, tokens
from catering.services.sessions import Tokens
from catering.settings import Settings

from .serving import Api

PASSWORD = "варення з малини"


def somebody(**different: str) -> Newcomer:
    form = {
        "email": f"{uuid4().hex}@example.test",
        "password": PASSWORD,
        "display_name": "Анна",
        "phone": "067 100 00 03",
    }
    return Newcomer(**{**form, **different})


async def registered(transaction: Transaction, newcomer: Newcomer) -> UUID:
    admitted = registering.admitted(newcomer)
    password_hash = await passwords.hashed(admitted.password)
    async with transaction() as session:
        return await registering.register_customer(session, admitted, password_hash)


async def signed_in(transaction: Transaction, settings: Settings) -> Tokens:
    user_id = await registered(transaction, somebody())
    async with transaction() as session:
        return await sessions.begin(session, user_id, Role.CUSTOMER, settings)


async def refreshed(
    transaction: Transaction, settings: Settings, token: str
) -> Tokens | StaleSession:
    async with transaction() as session:
        return await sessions.refresh(session, token, settings)


async def caller(transaction: Transaction, token: str) -> tokens.Caller:
    async with transaction() as session:
        return await tokens.read(session, token)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    form = somebody(email="nobody", password="short", display_name=" ", phone="12")
    with pytest.raises(Refused) as refused:
        registering.admitted_driver(form, "")

    told = {(r.path, r.rule) for r in refused.value.refusals if isinstance(r, InvalidInput)}
    assert told == {
        (("email",), "email"),
        (("password",), "length"),
        (("displayName",), "length"),
        (("vehicle",), "length"),
        (("phone",), "phone"),
    }


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("email", "a b@example.test"),
        ("email", "a@example"),
        ("email", "a\x00@example.test"),
        ("email", f"{'a' * 250}@example.test"),
        ("display_name", "Анна\x00"),
        ("display_name", "Анна\ud800"),
        ("display_name", "а" * 101),
        ("password", "x" * 129),
        ("phone", ""),
        ("phone", "+1"),
    ],
)
def test_what_cannot_be_stored_is_refused(field: str, text: str) -> None:
    with pytest.raises(Refused):
        registering.admitted(somebody(**{field: text}))


def test_a_phone_without_a_country_is_ukrainian() -> None:
    assert registering.admitted(somebody()).phone == "+380671000003"
    assert registering.e164("+48 512 345 678") == "+48512345678"


async def test_an_email_has_one_account_whatever_its_case(transaction: Transaction) -> None:
    first = somebody()
    await registered(transaction, first)
    with pytest.raises(Refused) as refused:
        await registered(transaction, somebody(email=first.email.upper()))

    (refusal,) = refused.value.refusals
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, refusal.rule) == (("email",), "unique")


async def test_two_who_register_one_email_at_once_are_told_apart(transaction: Transaction) -> None:
    form = somebody()
    both = await asyncio.gather(
        registered(transaction, form), registered(transaction, form), return_exceptions=True
    )
    assert sum(isinstance(one, Refused) for one in both) == 1


async def test_a_driver_waits_for_approval_and_it_is_written_down(
    transaction: Transaction,
) -> None:
    form = registering.admitted_driver(somebody(), "BICYCLE")
    async with transaction() as session:
        driver_id = await registering.register_driver(session, form, "BICYCLE", "-")
    async with transaction() as session:
        driver = await session.get_one(Driver, driver_id)
        event = (await session.scalars(select(Event).where(Event.driver_id == driver_id))).one()

    assert (driver.vehicle, driver.approved_at, driver.online) == ("BICYCLE", None, False)
    assert (event.kind, event.order_id) == (EventKind.DRIVER_REGISTERED, None)


async def test_the_right_password_opens_a_session(
    transaction: Transaction, settings: Settings
) -> None:
    form = somebody()
    user_id = await registered(transaction, form)
    async with transaction() as session:
        known = await sessions.credentials(session, f" {form.email.upper()} ")
    assert known is not None
    checked, rehashed = await sessions.check(known, PASSWORD)
    async with transaction() as session:
        opened = await sessions.sign_in(session, checked, rehashed, settings)

    assert (await caller(transaction, opened.access_token)).actor == Actor(user_id, Role.CUSTOMER)
    assert rehashed is None


async def test_a_wrong_password_and_an_unknown_email_look_the_same(
    transaction: Transaction,
) -> None:
    form = somebody()
    await registered(transaction, form)
    async with transaction() as session:
        known = await sessions.credentials(session, form.email)
        unknown = await sessions.credentials(session, "nobody@example.test")
        assert await sessions.credentials(session, "a\x00b") is None

    told = []
    for one in (known, unknown):
        with pytest.raises(Refused) as refused:
            await sessions.check(one, "not the password")
        told.append(refused.value.refusals)
    assert told[0] == told[1]
    assert isinstance(told[0][0], InvalidCredentials)


async def test_an_old_hash_is_renewed_at_the_next_sign_in(
    transaction: Transaction, settings: Settings
) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD.encode())
    async with transaction() as session:
        email = somebody().email
        user_id = await registering.create_admin(session, email, "Олена", weak)
    async with transaction() as session:
        known = await sessions.credentials(session, email)
    checked, rehashed = await sessions.check(known, PASSWORD)
    async with transaction() as session:
        await sessions.sign_in(session, checked, rehashed, settings)
    async with transaction() as session:
        user = await session.get_one(User, user_id)

    assert not passwords.is_outdated(user.password_hash)
    assert await passwords.matches(user.password_hash, PASSWORD)


def test_nobodys_hash_costs_what_everybodys_does() -> None:
    assert not passwords.is_outdated(passwords.NOBODYS)


async def test_a_password_is_the_same_however_it_is_typed() -> None:
    assert await passwords.matches(
        await passwords.hashed("cafe\u0301 au lait"), "caf\u00e9 au lait"
    )


async def test_a_refresh_token_is_good_for_one_use(
    transaction: Transaction, settings: Settings
) -> None:
    first = await signed_in(transaction, settings)
    second = await refreshed(transaction, settings, first.refresh_token)
    assert isinstance(second, Tokens)
    assert second.refresh_token != first.refresh_token
    assert (await caller(transaction, second.access_token)).actor.id == first.user_id

    assert isinstance(
        await refreshed(transaction, settings, first.refresh_token), StaleSession
    )  # The thief, or the robbed: nobody can say who. Both are out.
    assert isinstance(await refreshed(transaction, settings, second.refresh_token), StaleSession)
    with pytest.raises(tokens.BadToken):
        await caller(transaction, second.access_token)


async def test_two_who_spend_one_token_at_once_are_both_put_out(
    transaction: Transaction, settings: Settings
) -> None:
    first = await signed_in(transaction, settings)
    answers = await asyncio.gather(
        *(refreshed(transaction, settings, first.refresh_token) for _ in range(2))
    )
    (won,) = (answer for answer in answers if isinstance(answer, Tokens))
    assert isinstance(await refreshed(transaction, settings, won.refresh_token), StaleSession)


async def test_signing_out_ends_one_family_and_no_other(
    transaction: Transaction, settings: Settings
) -> None:
    first = await signed_in(transaction, settings)
    async with transaction() as session:
        other = await sessions.begin(session, first.user_id, Role.CUSTOMER, settings)
    family = (await caller(transaction, first.access_token)).family
    async with transaction() as session:
        await sessions.sign_out(session, family)

    with pytest.raises(tokens.BadToken):
        await caller(transaction, first.access_token)
    assert isinstance(await refreshed(transaction, settings, other.refresh_token), Tokens)


async def test_tokens_expire_on_the_databases_clock(
    transaction: Transaction, settings: Settings
) -> None:
    opened = await signed_in(transaction, settings)
    async with transaction() as session:
        await session.execute(text("SET LOCAL catering.clock_offset = '16 minutes'"))
        with pytest.raises(tokens.BadToken):
            await tokens.read(session, opened.access_token)
    async with transaction() as session:
        await session.execute(text("SET LOCAL catering.clock_offset = '31 days'"))
        assert isinstance(
            await sessions.refresh(session, opened.refresh_token, settings), StaleSession
        )


async def test_a_role_that_was_taken_away_is_gone_at_once(
    transaction: Transaction, settings: Settings
) -> None:
    opened = await signed_in(transaction, settings)
    async with transaction() as session:
        (await session.get_one(User, opened.user_id)).role = Role.RESTAURANT

    assert (await caller(transaction, opened.access_token)).actor.role is Role.RESTAURANT


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


async def test_nobody_slips_through_while_all_are_put_out(
    transaction: Transaction, settings: Settings
) -> None:
    opened = await signed_in(transaction, settings)

    async def put_out() -> None:
        async with transaction() as session:
            await sessions.end_all(session, opened.user_id)

    answers = await asyncio.gather(
        refreshed(transaction, settings, opened.refresh_token), put_out()
    )
    if isinstance(answers[0], Tokens):
        with pytest.raises(tokens.BadToken):
            await caller(transaction, answers[0].access_token)


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


async def test_seconds_left_are_told(transaction: Transaction, settings: Settings) -> None:
    opened = await signed_in(transaction, settings)
    left = (await caller(transaction, opened.access_token)).seconds_left
    assert timedelta(minutes=14).total_seconds() < left <= timedelta(minutes=15).total_seconds()


def _unsigned(claims: dict[str, object], header: dict[str, object]) -> str:
    parts = ({**header, "alg": "none"}, claims)
    return (
        ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in parts
        )
        + "."
    )
