"""Registering and signing in: what is sent, and what a client keeps afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from catering import models
from catering.domain.accounts import Newcomer
from catering.services.sessions import Tokens

from .exposing import Info
from .payloads import Payload, _Query
from .people import Driver, User
from .refusals import InvalidCredentials, InvalidInput, StaleSession


@strawberry.input(description="Who wants to order.")
class RegisterCustomerInput:
    """A form."""

    email: str
    password: str
    display_name: str
    phone: str

    def newcomer(self) -> Newcomer:
        """The same for the domain."""
        return Newcomer(self.email, self.password, self.display_name, self.phone)


@strawberry.input(description="Who wants to carry.")
class RegisterDriverInput(RegisterCustomerInput):
    """The same form, and a vehicle."""

    vehicle: str


@strawberry.input(description="Who says he has an account.")
class SignInInput:
    """In any case of letters."""

    email: str
    password: str


@strawberry.input(description="Who wants to stay signed in.")
class RefreshSessionInput:
    """Good for one use."""

    refresh_token: str


@strawberry.input(description="Who wants to leave.")
class SignOutInput:
    """This sign-in, or all of them."""

    everywhere: bool = strawberry.field(
        default=False, description="End the sessions of all your devices."
    )


@strawberry.type(
    description="Send `accessToken` as `Authorization: Bearer …`; before `expiresAt`, "
    "exchange `refreshToken` for a new session. Each refresh token is good for one use."
)
class Session:
    """One sign-in."""

    access_token: str
    refresh_token: str
    expires_at: datetime

    @strawberry.field(description="Whose session it is.")
    async def user(self, info: Info) -> User:
        actor = info.context.actor
        assert actor is not None
        return User.of(await info.context.loaders.one(models.User, actor.id))

    @staticmethod
    def of(tokens: Tokens | None) -> Session | None:
        """The tokens, shown this once."""
        if tokens is None:
            return None
        return Session(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=tokens.expires_at,
        )


RegisterError = Annotated[InvalidInput, strawberry.union("RegisterError")]
SignInError = Annotated[InvalidCredentials, strawberry.union("SignInError")]
RefreshSessionError = Annotated[StaleSession, strawberry.union("RefreshSessionError")]
SignOutError = Annotated[StaleSession, strawberry.union("SignOutError")]


@strawberry.type
class RegisterCustomerPayload(Payload):
    errors: list[RegisterError]
    query: _Query

    @strawberry.field
    def session(self) -> Session | None:
        return Session.of(self.result)


@strawberry.type
class RegisterDriverPayload(Payload):
    errors: list[RegisterError]
    query: _Query

    @strawberry.field
    def session(self) -> Session | None:
        return Session.of(self.result)

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        driver_id = self.result.user_id if self.result else None
        return Driver.maybe(await info.context.loaders.one(models.Driver, driver_id))


@strawberry.type
class SignInPayload(Payload):
    errors: list[SignInError]
    query: _Query

    @strawberry.field
    def session(self) -> Session | None:
        return Session.of(self.result)


@strawberry.type
class RefreshSessionPayload(Payload):
    errors: list[RefreshSessionError]
    query: _Query

    @strawberry.field
    def session(self) -> Session | None:
        return Session.of(self.result)


@strawberry.type
class SignOutPayload(Payload):
    errors: list[SignOutError]
    query: _Query

    @strawberry.field(description="Who is signed out now.")
    async def user(self, info: Info) -> User | None:
        return User.maybe(await info.context.loaders.one(models.User, self.result))
