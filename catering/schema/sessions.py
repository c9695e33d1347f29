"""Being signed in, and what one sees of oneself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import Private

from catering import models
from catering.services.sessions import Tokens

from .exposing import Info
from .payloads import Payload, onwards
from .people import Driver, User
from .refusals import InvalidCredentials, InvalidInput, StaleSession


@strawberry.type(description="Being signed in. Keep both tokens; the refresh token is spent once.")
class Session:
    """What a client needs to speak for somebody."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    user_id: Private[Any]

    @strawberry.field(description="Who is signed in.")
    async def user(self, info: Info) -> User:
        return User.of(await info.context.loaders.one(models.User, self.user_id))

    @classmethod
    def of(cls, tokens: Tokens) -> Session:
        """The tokens, shown."""
        return cls(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=tokens.expires_at,
            user_id=tokens.user_id,
        )


@strawberry.input(description="What `registerCustomer` is asked with.")
class RegisterCustomerInput:
    email: str
    password: str
    display_name: str
    phone: str


@strawberry.input(description="What `registerDriver` is asked with.")
class RegisterDriverInput:
    email: str
    password: str
    display_name: str
    phone: str
    vehicle: str


@strawberry.input(description="What `signIn` is asked with.")
class SignInInput:
    email: str
    password: str


@strawberry.input(description="What `refreshSession` is asked with.")
class RefreshSessionInput:
    refresh_token: str


@strawberry.input(description="What `signOut` is asked with.")
class SignOutInput:
    everywhere: bool = strawberry.field(
        default=False, description="End all sessions of the account, not only this one."
    )


RegisterError = Annotated[
    InvalidInput,
    strawberry.union(
        "RegisterError", description="Why `registerCustomer` or `registerDriver` may refuse."
    ),
]
SignInError = Annotated[
    InvalidCredentials, strawberry.union("SignInError", description="Why `signIn` may refuse.")
]
RefreshSessionError = Annotated[
    StaleSession,
    strawberry.union("RefreshSessionError", description="Why `refreshSession` may refuse."),
]

SignOutError = Annotated[
    StaleSession, strawberry.union("SignOutError", description="Why `signOut` may refuse.")
]


class _WithSession(Payload):
    """Payloads whose result is a pair of tokens."""

    def _session(self) -> Session | None:
        return None if self.result is None else Session.of(self.result)


@strawberry.type(description="What `registerCustomer` answers.")
class RegisterCustomerPayload(_WithSession):
    errors: list[RegisterError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()


@strawberry.type(description="What `registerDriver` answers.")
class RegisterDriverPayload(_WithSession):
    errors: list[RegisterError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        id = self.result.user_id if self.result else None
        return Driver.maybe(await info.context.loaders.one(models.Driver, id))


@strawberry.type(description="What `signIn` answers.")
class SignInPayload(_WithSession):
    errors: list[SignInError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()


@strawberry.type(description="What `refreshSession` answers.")
class RefreshSessionPayload(_WithSession):
    errors: list[RefreshSessionError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()


@strawberry.type(description="What `signOut` answers.")
class SignOutPayload(Payload):
    errors: list[SignOutError]
    query = onwards()
