"""Registering, signing in, staying signed in; and who one is."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import strawberry

from catering import models
from catering.domain.people import Actor, Role
from catering.domain.refusals import Refused, StaleSession
from catering.schema.exposing import Info
from catering.schema.loaders import rows
from catering.schema.menus import Restaurant
from catering.schema.orders import Order
from catering.schema.paging import Connection, Slice
from catering.schema.payloads import Payload
from catering.schema.people import Driver, User
from catering.schema.sessions import (
    RefreshSessionInput,
    RefreshSessionPayload,
    RegisterCustomerInput,
    RegisterCustomerPayload,
    RegisterDriverInput,
    RegisterDriverPayload,
    SignInInput,
    SignInPayload,
    SignOutInput,
    SignOutPayload,
)
from catering.services import passwords, registering, sessions
from catering.services.sessions import Tokens

from .fields import command, query
from .filters import OrderFilter, OrderSort
from .queries import orders_of

PayloadT = TypeVar("PayloadT", bound=Payload)


@strawberry.type(description="Whoever is asking.")
class Viewer:
    """The caller, and what is his."""

    @strawberry.field(description="Your account.")
    async def user(self, info: Info) -> User:
        return User.of(await info.context.loaders.one(models.User, _me(info).id))

    @strawberry.field(description="Yourself as a driver, if you are one.")
    async def driver(self, info: Info) -> Driver | None:
        return Driver.maybe(await info.context.loaders.one(models.Driver, _me(info).id))

    @strawberry.field(description="The restaurants that you work for.")
    async def restaurants(self, info: Info) -> list[Restaurant]:
        mine = (
            rows(models.Restaurant, _me(info))
            .join(models.Staff, models.Staff.restaurant_id == models.Restaurant.id)
            .where(models.Staff.user_id == _me(info).id)
            .order_by(models.Restaurant.name, models.Restaurant.id)
        )
        return Restaurant.each(await info.context.loaders.read(mine))

    @strawberry.field(description="The orders that you may see, the newest first.")
    async def orders(
        self,
        info: Info,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
        filter: OrderFilter | None = None,
        order_by: OrderSort | None = None,
    ) -> Connection[Order] | None:
        return await orders_of(info, filter, order_by, Slice(first, after, last, before))


@strawberry.type
class ViewerQueries:
    @query
    async def viewer(self, info: Info) -> Viewer | None:
        """Whoever is asking; null for somebody who is not signed in."""
        return None if info.context.actor is None else Viewer()


@strawberry.type
class SessionMutations:
    @command
    async def register_customer(
        self, info: Info, input: RegisterCustomerInput
    ) -> RegisterCustomerPayload | None:
        """Open an account to order with."""
        return await _enter(info, RegisterCustomerPayload, _customer(info, input))

    @command
    async def register_driver(
        self, info: Info, input: RegisterDriverInput
    ) -> RegisterDriverPayload | None:
        """Open an account to carry with. You work once a manager has approved you."""
        return await _enter(info, RegisterDriverPayload, _driver(info, input))

    @command
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload | None:
        """Begin a session."""
        return await _enter(info, SignInPayload, _returning(info, input))

    @command
    async def refresh_session(
        self, info: Info, input: RefreshSessionInput
    ) -> RefreshSessionPayload | None:
        """Go on with a session. A refresh token that comes a second time ends all of it."""
        return await _enter(info, RefreshSessionPayload, _staying(info, input))

    @command
    async def sign_out(self, info: Info, input: SignOutInput) -> SignOutPayload | None:
        """End your session: its tokens are good for nothing from now on."""
        actor, family = info.context.actor, info.context.family
        if actor is None or actor.id is None or family is None:
            return SignOutPayload.refused([StaleSession("You are not signed in.")])
        async with info.context.transaction() as session:
            if input.everywhere:
                await sessions.sign_out_everywhere(session, actor.id)
            else:
                await sessions.sign_out(session, family)
        return SignOutPayload.done(actor.id)


async def _enter(info: Info, payload: type[PayloadT], coming: Awaitable[Tokens]) -> PayloadT:
    """Answer as whoever has come in; or with why he has not."""
    try:
        tokens = await coming
    except Refused as refused:
        return payload.refused(refused.refusals)
    info.context.actor = Actor(tokens.user_id, tokens.role)
    info.context.refresh()
    return payload.done(tokens)


async def _customer(info: Info, input: RegisterCustomerInput) -> Tokens:
    newcomer = registering.admitted(input.newcomer())
    password_hash = await passwords.hashed(newcomer.password)
    async with info.context.transaction() as session:
        id = await registering.register_customer(session, newcomer, password_hash)
        return await sessions.begin(session, id, Role.CUSTOMER, info.context.settings)


async def _driver(info: Info, input: RegisterDriverInput) -> Tokens:
    newcomer = registering.admitted_driver(input.newcomer(), input.vehicle)
    password_hash = await passwords.hashed(newcomer.password)
    async with info.context.transaction() as session:
        id = await registering.register_driver(session, newcomer, input.vehicle, password_hash)
        return await sessions.begin(session, id, Role.DRIVER, info.context.settings)


async def _returning(info: Info, input: SignInInput) -> Tokens:
    async with info.context.transaction() as session:
        known = await sessions.credentials(session, input.email)
    checked, rehashed = await sessions.check(known, input.password)
    async with info.context.transaction() as session:
        return await sessions.sign_in(session, checked, rehashed, info.context.settings)


async def _staying(info: Info, input: RefreshSessionInput) -> Tokens:
    async with info.context.transaction() as session:
        kept = await sessions.refresh(session, input.refresh_token, info.context.settings)
    if isinstance(kept, StaleSession):
        raise Refused(kept)
    return kept


def _me(info: Info) -> Actor:
    assert info.context.actor is not None  # or there would be no viewer
    return info.context.actor
