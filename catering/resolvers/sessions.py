"""Opening an account, signing in, staying signed in, oneself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import Private

from catering import models
from catering.domain.accounts import Newcomer
from catering.domain.people import Role
from catering.domain.refusals import Refusal, Refused, StaleSession
from catering.schema.directives import about
from catering.schema.exposing import Info
from catering.schema.facilities import Facility, Member
from catering.schema.menus import Restaurant
from catering.schema.orders import Order
from catering.schema.paging import Connection, Slice, paged
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
from catering.services import attempts, passwords, registering, sessions

from .fields import command, query
from .filters import OrderFilter, OrderSort
from .queries import orders_of


@strawberry.type(description="Oneself.")
class Viewer:
    """What one sees of oneself."""

    id: Private[Any]

    @strawberry.field(description="The person.")
    async def user(self, info: Info) -> User:
        return User.of(await info.context.loaders.one(models.User, self.id))

    @strawberry.field(description="Oneself as a driver.")
    async def driver(self, info: Info) -> Driver | None:
        return Driver.maybe(await info.context.loaders.one(models.Driver, self.id))

    @about(5)
    @strawberry.field(description="Where one works.")
    async def restaurants(self, info: Info) -> list[Restaurant]:
        staff = await info.context.loaders.of(models.Staff, "user_id", self.id)
        ids = [row.restaurant_id for row in staff]
        return Restaurant.each(await info.context.loaders.each(models.Restaurant, ids))

    @about(2)
    @strawberry.field(description="What one does in which organisation.")
    async def memberships(self, info: Info) -> list[Member]:
        return Member.each(await info.context.loaders.of(models.Member, "user_id", self.id))

    @about(5)
    @strawberry.field(description="The sites of one's organisations.")
    async def facilities(self, info: Info) -> list[Facility]:
        mine = await info.context.loaders.of(models.Member, "user_id", self.id)
        ids = [member.organisation_id for member in mine]
        found = await info.context.loaders.of_each(models.Facility, "organisation_id", ids)
        return Facility.each(found)

    @paged("first", "last")
    @strawberry.field(description="The orders that one may see, the newest first.")
    async def orders(
        self,
        info: Info,
        part: Slice,
        filter: OrderFilter | None = None,
        order_by: OrderSort | None = None,
    ) -> Connection[Order] | None:
        return await orders_of(info, filter, order_by, part)


@strawberry.type
class ViewerQueries:
    @query
    async def viewer(self, info: Info) -> Viewer | None:
        """Oneself; null for somebody who is not signed in."""
        actor = info.context.actor
        return None if actor is None else Viewer(id=actor.id)


@strawberry.type
class SessionMutations:
    @command
    async def register_customer(
        self, info: Info, input: RegisterCustomerInput
    ) -> RegisterCustomerPayload | None:
        """Open an account to order with, and be signed in."""
        given = Newcomer(input.email, input.password, input.display_name, input.phone)

        async def add(session: AsyncSession, newcomer: Newcomer, hashed: str) -> UUID:
            return await registering.register_customer(session, newcomer, hashed)

        try:
            newcomer = registering.admitted(given)
            tokens = await _admit(info, newcomer, Role.CUSTOMER, add)
        except Refused as refused:
            return RegisterCustomerPayload.refused(refused.refusals)
        return RegisterCustomerPayload.done(tokens)

    @command
    async def register_driver(
        self, info: Info, input: RegisterDriverInput
    ) -> RegisterDriverPayload | None:
        """Open an account to carry deliveries with; a manager has to approve it."""
        given = Newcomer(input.email, input.password, input.display_name, input.phone)

        papers = [document.paper() for document in input.documents or ()]

        async def add(session: AsyncSession, newcomer: Newcomer, hashed: str) -> UUID:
            return await registering.register_driver(
                session, newcomer, input.vehicle, hashed, papers
            )

        try:
            newcomer = registering.admitted_driver(given, input.vehicle, papers)
            tokens = await _admit(info, newcomer, Role.DRIVER, add)
        except Refused as refused:
            return RegisterDriverPayload.refused(refused.refusals)
        return RegisterDriverPayload.done(tokens)

    @command
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload | None:
        """Be signed in with e-mail address and password."""
        try:
            async with info.context.transaction() as session:
                known = await sessions.credentials(session, input.email)
                device = await sessions.device_of(session, known, input.refresh_token)
                origin = attempts.place(info.context.address, device)
                await attempts.count(session, input.email, origin)
            known, rehashed = await sessions.check(known, input.password)
            async with info.context.transaction() as session:
                tokens = await sessions.sign_in(session, known, rehashed, info.context.settings)
                await attempts.forget(session, input.email, origin)
        except Refused as refused:
            return SignInPayload.refused(refused.refusals)
        speak_for(info, tokens)
        return SignInPayload.done(tokens)

    @command
    async def refresh_session(
        self, info: Info, input: RefreshSessionInput
    ) -> RefreshSessionPayload | None:
        """Stay signed in: spend a refresh token for new tokens."""
        async with info.context.transaction() as session:
            tokens = await sessions.refresh(session, input.refresh_token, info.context.settings)
        if isinstance(tokens, Refusal):
            return RefreshSessionPayload.refused((tokens,))
        speak_for(info, tokens)
        return RefreshSessionPayload.done(tokens)

    @command
    async def sign_out(self, info: Info, input: SignOutInput) -> SignOutPayload | None:
        """End a session, or all of its account, so that none of their tokens is good any more."""
        family = info.context.family
        ending = sessions.sign_out_everywhere if input.everywhere else sessions.sign_out
        try:
            async with info.context.transaction() as session:
                if input.refresh_token is not None:
                    told, live = input.refresh_token, bool(input.everywhere)
                    family = await sessions.family_of(session, told, live=live)
                if family is None:
                    raise Refused(StaleSession("Nobody is signed in here."))
                await ending(session, family)
        except Refused as refused:
            return SignOutPayload.refused(refused.refusals)
        return SignOutPayload.done(family)


async def _admit(
    info: Info,
    newcomer: Newcomer,
    role: Role,
    add: Callable[[AsyncSession, Newcomer, str], Awaitable[UUID]],
) -> sessions.Tokens:
    # Hashing is slow on purpose: no transaction waits for it.
    hashed = await passwords.hashed(newcomer.password)
    async with info.context.transaction() as session:
        id = await add(session, newcomer, hashed)
        tokens = await sessions.begin(session, id, role, info.context.settings)
    speak_for(info, tokens)
    return tokens


def speak_for(info: Info, tokens: sessions.Tokens) -> None:
    """The rest of this operation reads as the one who has just come in."""
    from catering.domain.people import Actor

    info.context.actor = Actor(tokens.user_id, tokens.role)
    info.context.refresh()
