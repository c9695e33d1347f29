"""Being signed in, and what one sees of oneself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import Private

from catering import models
from catering.services.sessions import Tokens

from .answering import Payload, onwards
from .describing import answers, asks, why_not
from .exposing import Info
from .people import Driver, DriverDocumentInput, User
from .refusals import (
    AccountSuspended,
    InvalidCredentials,
    InvalidInput,
    StaleSession,
    TooManyAttempts,
)


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


@asks
class RegisterCustomerInput:
    email: str
    password: str
    display_name: str
    phone: str


@asks
class RegisterDriverInput:
    email: str
    password: str
    display_name: str
    phone: str
    vehicle: str
    documents: list[DriverDocumentInput] | None = None


@asks
class SignInInput:
    email: str
    password: str
    refresh_token: str | None = strawberry.field(
        default=None,
        description="One that this device had for the account, however old. It shows that the "
        "device is known, and that wrong passwords of others at the same address are not its own.",
    )


@asks
class RefreshSessionInput:
    refresh_token: str


@asks
class SignOutInput:
    """Which session is to end: that of the refresh token, or else that of the request."""

    refresh_token: str | None = None
    everywhere: bool | None = strawberry.field(
        default=False,
        description="End all sessions of its account. A refresh token has to be good for this.",
    )


RegisterError = Annotated[
    InvalidInput, strawberry.union("RegisterError", description="Why no account was opened.")
]
SignInError = Annotated[
    AccountSuspended | InvalidCredentials | TooManyAttempts, why_not("SignInError")
]
SignOutError = Annotated[StaleSession, why_not("SignOutError")]
RefreshSessionError = Annotated[StaleSession, why_not("RefreshSessionError")]


class _WithSession(Payload):
    """Payloads whose result is a pair of tokens."""

    def _session(self) -> Session | None:
        return None if self.result is None else Session.of(self.result)


@answers
class RegisterCustomerPayload(_WithSession):
    errors: list[RegisterError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()


@answers
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


@answers
class SignInPayload(_WithSession):
    errors: list[SignInError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()


@answers
class RefreshSessionPayload(_WithSession):
    errors: list[RefreshSessionError]
    query = onwards()

    @strawberry.field
    def session(self) -> Session | None:
        return self._session()


@answers
class SignOutPayload(Payload):
    errors: list[SignOutError]
    query = onwards()
