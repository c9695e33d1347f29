"""Accounts and sessions: who gets in, and how he is put out again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from catering.database import Transaction
from catering.domain.events import EventKind
from catering.domain.people import Actor, Role
from catering.domain.refusals import (
    InvalidCredentials,
    InvalidInput,
    Refused,
    StaleSession,
)
from catering.models import Driver, Event, User
from catering.services import passwords, registering, sessions, tokens
from catering.services.sessions import Tokens
from catering.settings import Settings
from tests.live.signing_in import PASSWORD, caller, refreshed, registered, signed_in, somebody


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


async def test_seconds_left_are_told(transaction: Transaction, settings: Settings) -> None:
    opened = await signed_in(transaction, settings)
    left = (await caller(transaction, opened.access_token)).seconds_left
    assert timedelta(minutes=14).total_seconds() < left <= timedelta(minutes=15).total_seconds()
