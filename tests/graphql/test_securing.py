"""Activation, forgotten and changed passwords, and guesses: through the API, with real letters."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from catering.models import Event, Letter, Session, User
from catering.workers import letters as letters
from tests.footprint import footprint
from tests.graphql.securing import PASSWORD, Desk
from tests.graphql.securing import desk as desk

OTHER = "мед і горіхи"
ACTIVATE = """mutation ($i: ActivateAccountInput!) { activateAccount(input: $i) {
  user { id } errors { ... on UserError { code } } } }"""
ASK_AGAIN = """mutation ($i: RequestActivationInput!) { requestActivation(input: $i) {
  errors { ... on UserError { code path } } } }"""
FORGOT = """mutation ($i: RequestPasswordResetInput!) { requestPasswordReset(input: $i) {
  errors { ... on UserError { code path } } } }"""
RESET = """mutation ($i: ResetPasswordInput!) { resetPassword(input: $i) {
  user { id } errors { ... on UserError { code path } } } }"""
STALE = {"user": None, "errors": [{"code": "STALE_TOKEN"}]}


async def test_who_answers_the_letter_is_activated_once(desk: Desk) -> None:
    assert await desk.post() == 1
    assert desk.postbox.letters[0]["To"] == desk.email
    token = desk.postbox.token()

    assert (await desk.say(ACTIVATE, token=token))["errors"] == []
    viewer = "{ viewer { user { emailVerified } } }"
    seen = await desk.ask(viewer, by=desk.actor)
    assert seen["viewer"]["user"]["emailVerified"] is True

    assert await desk.say(ACTIVATE, token=token) == STALE
    await desk.say(ASK_AGAIN, email=desk.email)
    assert await desk.post() == 0  # there is nothing left to confirm


async def test_only_the_hash_of_a_token_is_kept(desk: Desk) -> None:
    await desk.post()
    token = desk.postbox.token()
    async with desk.ask.transaction() as session:
        letter = (await session.scalars(select(Letter))).one()
        events = (await session.execute(text("SELECT events::text FROM events"))).scalars()
        assert letter.sent_at is not None
        assert [len(one) for one in letter.token_hashes] == [32]
        assert token not in "".join(events)


@pytest.mark.parametrize(("interval", "errors"), [("47 hours", []), ("49 hours", STALE["errors"])])
async def test_an_activation_is_good_for_two_days(desk: Desk, interval: str, errors: Any) -> None:
    await desk.post()
    await desk.later(interval)
    assert (await desk.say(ACTIVATE, token=desk.postbox.token()))["errors"] == errors


async def test_forgetting_the_password_tells_nobody_who_has_an_account(desk: Desk) -> None:
    await desk.post()
    told = []
    for email in (desk.email.upper(), "nobody@example.test"):
        events, waiting = await desk.count(Event), len(await desk.waiting())
        with desk.ask.counting() as asked:
            answer = await desk.say(FORGOT, email=email)
        written = await desk.count(Event) - events, len(await desk.waiting()) - waiting
        told.append((answer, asked, written))
    assert told[0] == told[1]
    assert told[0][0] == {"errors": []}
    assert await desk.post() == 1
    assert desk.postbox.letters[-1]["To"] == desk.email

    answer = await desk.say(FORGOT, email="not an address")
    assert answer["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "email"]}]


async def test_asking_without_end_fills_no_postbox(desk: Desk) -> None:
    for _ in range(8):
        assert (await desk.say(FORGOT, email=desk.email))["errors"] == []
    assert await desk.post() == 1 + 5
    await desk.later("61 minutes")
    await desk.say(FORGOT, email=desk.email)
    assert await desk.count(Letter) == 7


async def test_a_new_password_puts_everybody_out(desk: Desk) -> None:
    await desk.sign_in()
    await desk.say(FORGOT, email=desk.email)
    await desk.post()
    token = desk.postbox.token()
    assert await desk.sessions() == 2

    short = await desk.say(RESET, token=token, password="x")
    assert short["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "password"]}]
    assert await desk.sessions() == 2

    assert (await desk.say(RESET, token=token, password=OTHER))["errors"] == []
    assert await desk.sessions() == 0
    assert (await desk.sign_in(PASSWORD))["errors"] == [{"code": "INVALID_CREDENTIALS"}]
    assert (await desk.sign_in(OTHER))["errors"] == []
    async with desk.ask.transaction() as session:
        assert (await session.get_one(User, desk.actor.id)).email_verified_at is not None


async def test_a_token_is_good_once_for_an_hour_and_for_one_purpose(desk: Desk) -> None:
    await desk.post()
    activation = desk.postbox.token()
    for _ in range(2):
        await desk.say(FORGOT, email=desk.email)
    await desk.post()
    reset = desk.postbox.token()

    async def refused(document: str, token: str, **more: str) -> bool:
        before = await footprint(desk.ask.transaction)
        payload = await desk.say(document, token=token, **more)
        if [error["code"] for error in payload["errors"]] != ["STALE_TOKEN"]:
            return False
        assert payload["user"] is None
        assert await footprint(desk.ask.transaction) == before
        return True

    for token in (activation, reset[:-1], reset[:-4] + "AAAA", "", "я", "A" * 10_000):
        assert await refused(RESET, token, password=OTHER)
    assert await refused(ACTIVATE, reset)
    await desk.later("61 minutes")
    assert await refused(RESET, reset, password=OTHER)
    await desk.later("59 minutes")
    assert not await refused(RESET, reset, password=OTHER)
    for one in (reset, activation):
        assert await refused(RESET, one, password=OTHER)
    assert (await desk.sign_in(OTHER))["errors"] == []


async def test_who_changes_his_password_stays_and_the_others_go(desk: Desk) -> None:
    await desk.sign_in()
    async with desk.ask.transaction() as session:
        mine = select(Session.family_id).where(Session.user_id == desk.actor.id)
        desk.ask.family = (await session.scalars(mine.order_by(Session.created_at))).first()

    wrong = await desk.change("not this", OTHER)
    assert wrong["errors"] == [{"code": "INVALID_CREDENTIALS", "path": ["input", "current"]}]
    short = await desk.change(PASSWORD, "x")
    assert short["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "password"]}]
    assert await desk.sessions() == 2

    right = await desk.change(PASSWORD, OTHER)
    assert (right["errors"], await desk.sessions()) == ([], 1)
    assert (await desk.sign_in(OTHER))["errors"] == []
    assert (await desk.sign_in(PASSWORD))["errors"] == [{"code": "INVALID_CREDENTIALS"}]


async def test_a_changed_password_ends_the_letters_that_could_change_it(desk: Desk) -> None:
    await desk.say(FORGOT, email=desk.email)
    await desk.post()
    await desk.change(PASSWORD, OTHER)
    token = desk.postbox.token()
    assert (await desk.say(RESET, token=token, password=PASSWORD))["user"] is None
    assert (await desk.sign_in(OTHER))["errors"] == []


async def test_a_mail_server_that_is_away_is_tried_again(desk: Desk) -> None:
    desk.postbox.turned_away[desk.email] = "451 later"
    assert await desk.post() == 0
    (task,) = await desk.waiting()
    desk.postbox.turned_away.clear()
    await desk.later("1 minute")
    await desk.runtime.run(task)
    assert (len(desk.postbox.letters), await desk.waiting()) == (1, [])
    assert (await desk.say(ACTIVATE, token=desk.postbox.token()))["errors"] == []


async def test_an_address_that_takes_no_mail_is_written_down(desk: Desk) -> None:
    desk.postbox.turned_away[desk.email] = "550 nobody here"
    assert (await desk.post(), await desk.waiting()) == (0, [])
    async with desk.ask.transaction() as session:
        letter = (await session.scalars(select(Letter))).one()
    assert (letter.sent_at, letter.failure) == (None, "550 nobody here")
