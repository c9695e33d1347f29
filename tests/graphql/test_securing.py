"""Activation, forgotten and changed passwords, and guesses: through the API, with real letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from catering.domain import ids
from catering.domain.attempts import FREE
from catering.domain.people import SYSTEM, Actor, Role
from catering.models import Event, Letter, Session, Task, TaskState, User
from catering.providers import calling
from catering.providers.mail import Smtp
from catering.workers import letters as letters
from catering.workers.runtime import Runtime
from tests.graphql.conftest import Ask
from tests.postbox import Postbox, open_postbox

PASSWORD = "варення з малини"
OTHER = "мед і горіхи"
REGISTER = """mutation ($i: RegisterCustomerInput!) { registerCustomer(input: $i) {
  session { refreshToken user { id emailVerified } } } }"""
SIGN_IN = """mutation ($i: SignInInput!) { signIn(input: $i) {
  session { refreshToken user { id } }
  errors { ... on UserError { code } ... on TooManyAttempts { retryAfter } } } }"""
ACTIVATE = """mutation ($i: ActivateAccountInput!) { activateAccount(input: $i) {
  user { id } errors { ... on UserError { code } } } }"""
ASK_AGAIN = """mutation ($i: RequestActivationInput!) { requestActivation(input: $i) {
  errors { ... on UserError { code path } } } }"""
FORGOT = """mutation ($i: RequestPasswordResetInput!) { requestPasswordReset(input: $i) {
  errors { ... on UserError { code path } } } }"""
RESET = """mutation ($i: ResetPasswordInput!) { resetPassword(input: $i) {
  user { id } errors { ... on UserError { code path } } } }"""
CHANGE = """mutation ($i: ChangePasswordInput!) { changePassword(input: $i) {
  user { id } errors { ... on UserError { code path } } } }"""
STALE = {"user": None, "errors": [{"code": "STALE_TOKEN"}]}


@dataclass
class Desk:
    """Somebody who has registered, and the post that comes to him."""

    ask: Ask
    postbox: Postbox
    runtime: Runtime
    email: str = ""
    actor: Actor = SYSTEM
    refresh_token: str = ""

    async def say(self, document: str, **input: Any) -> Any:
        """What somebody says who is not signed in."""
        (payload,) = (await self.ask(document, by=None, i=input)).values()
        return payload

    async def change(self, current: str, password: str) -> Any:
        """He changes his password."""
        given = {"current": current, "password": password}
        return (await self.ask(CHANGE, by=self.actor, i=given))["changePassword"]

    async def register(self) -> None:
        self.email = f"Anna.{uuid4().hex}@example.test"
        form = {"email": self.email, "password": PASSWORD, "displayName": "Анна"}
        session = (await self.say(REGISTER, phone="0671000003", **form))["session"]
        assert session["user"]["emailVerified"] is False
        self.actor = Actor(ids.decode(session["user"]["id"])[1], Role.CUSTOMER)
        self.refresh_token = session["refreshToken"]

    async def sign_in(self, password: str = PASSWORD, **more: Any) -> Any:
        return await self.say(SIGN_IN, email=self.email, password=password, **more)

    async def post(self) -> int:
        """What a worker does; how many letters have come since."""
        before = len(self.postbox.letters)
        for id in await self.waiting():
            await self.runtime.run(id)
        return len(self.postbox.letters) - before

    async def waiting(self) -> list[UUID]:
        query = select(Task.id).where(Task.kind == "send_mail", Task.state == TaskState.PENDING)
        async with self.ask.transaction() as session:
            return list((await session.scalars(query.order_by(Task.id))).all())

    async def count(self, model: Any, *where: Any) -> int:
        async with self.ask.transaction() as session:
            return await session.scalar(select(func.count()).select_from(model).where(*where)) or 0

    async def sessions(self) -> int:
        """How many of his are good."""
        mine = Session.user_id == self.actor.id
        return await self.count(Session, mine, Session.revoked_at.is_(None))

    async def later(self, interval: str) -> None:
        async with self.ask.transaction() as session:
            await session.execute(
                text("SELECT set_config('catering.clock_offset', :by, true)"), {"by": interval}
            )


@pytest.fixture
async def desk(ask: Ask) -> AsyncIterator[Desk]:
    async with open_postbox() as postbox, calling.client() as http:
        mail = Smtp(postbox.url, "food@catering.test")
        desk = Desk(ask, postbox, Runtime(ask.transaction, http, mail=mail))
        await desk.register()
        yield desk


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
        payload = await desk.say(document, token=token, **more)
        codes = [error["code"] for error in payload["errors"]]
        return payload["user"] is None and codes == ["STALE_TOKEN"]

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


async def test_guesses_slow_down_where_they_come_from_and_nobody_else(desk: Desk) -> None:
    desk.ask.address = "203.0.113.7"
    for _ in range(FREE):
        assert (await desk.sign_in("a guess"))["errors"] == [{"code": "INVALID_CREDENTIALS"}]
    async with desk.ask.transaction() as session:
        now = await session.scalar(text("SELECT catering_now() + interval '30 s'"))

    refused = await desk.sign_in()
    assert refused["session"] is None
    (error,) = refused["errors"]
    assert error["code"] == "TOO_MANY_ATTEMPTS"
    assert error["retryAfter"][:19] == f"{now:%Y-%m-%dT%H:%M:%S}"

    assert (await desk.sign_in(refreshToken=desk.refresh_token))["errors"] == []
    desk.ask.address = "198.51.100.1"
    assert (await desk.sign_in())["errors"] == []
    desk.ask.address = "203.0.113.7"
    assert (await desk.sign_in())["session"] is None

    await desk.later("31 seconds")
    assert (await desk.sign_in())["errors"] == []
    assert (await desk.sign_in("a guess"))["errors"] == [{"code": "INVALID_CREDENTIALS"}]


async def test_guesses_at_nobody_look_like_guesses_at_somebody(desk: Desk) -> None:
    stranger = {"email": "nobody@example.test", "password": "a guess"}
    told = [[(await desk.say(SIGN_IN, **stranger))["errors"]] for _ in range(FREE + 1)]
    assert told[:FREE] == [[[{"code": "INVALID_CREDENTIALS"}]]] * FREE
    assert told[FREE][0][0]["code"] == "TOO_MANY_ATTEMPTS"


async def test_a_token_of_somebody_else_makes_no_device_known(desk: Desk) -> None:
    foreign = desk.refresh_token
    await desk.register()
    for _ in range(FREE):
        await desk.sign_in("a guess")
    for token in (foreign, "nonsense"):
        (error,) = (await desk.sign_in(refreshToken=token))["errors"]
        assert error["code"] == "TOO_MANY_ATTEMPTS"


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
