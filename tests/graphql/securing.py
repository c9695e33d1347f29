"""A person at the desk where accounts are secured, with a postbox of her own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from catering.domain import ids
from catering.domain.people import SYSTEM, Actor, Role
from catering.models import Session, Task, TaskState
from catering.providers import calling
from catering.providers.mail import Smtp
from catering.workers import letters as letters
from catering.workers.runtime import Runtime
from tests.graphql.conftest import Ask
from tests.postbox import Postbox, open_postbox

PASSWORD = "варення з малини"
REGISTER = """mutation ($i: RegisterCustomerInput!) { registerCustomer(input: $i) {
  session { refreshToken user { id emailVerified } } } }"""
SIGN_IN = """mutation ($i: SignInInput!) { signIn(input: $i) {
  session { refreshToken user { id } }
  errors { ... on UserError { code } ... on TooManyAttempts { retryAfter } } } }"""
CHANGE = """mutation ($i: ChangePasswordInput!) { changePassword(input: $i) {
  user { id } errors { ... on UserError { code path } } } }"""


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
