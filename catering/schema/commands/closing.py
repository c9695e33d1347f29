"""Intentions that close an account: for a while, or for good."""

from __future__ import annotations

from typing import Annotated

from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.people import User
from catering.schema.refusals import (
    DriverBusy,
    ForbiddenStep,
    InvalidCredentials,
    InvalidInput,
    NotFound,
    OrderUnderWay,
    TooManyAttempts,
)


@asks
class SuspendUserInput:
    """Whose account is closed until it is opened again, and why. His sessions end at once."""

    user_id: ID
    reason: str


SuspendUserError = Annotated[ForbiddenStep | InvalidInput | NotFound, why_not("SuspendUserError")]


@answers
class SuspendUserPayload(Payload):
    errors: list[SuspendUserError]
    query = onwards()
    user = shows(User, models.User, "The account, closed.")


@asks
class ReinstateUserInput:
    """Whose account is opened again."""

    user_id: ID


ReinstateUserError = Annotated[ForbiddenStep | NotFound, why_not("ReinstateUserError")]


@answers
class ReinstateUserPayload(Payload):
    errors: list[ReinstateUserError]
    query = onwards()
    user = shows(User, models.User, "The account, open.")


@asks
class EraseMyAccountInput:
    """One's password: what follows cannot be taken back."""

    password: str


EraseMyAccountError = Annotated[
    DriverBusy | ForbiddenStep | InvalidCredentials | NotFound | OrderUnderWay | TooManyAttempts,
    why_not("EraseMyAccountError"),
]


@answers
class EraseMyAccountPayload(Payload):
    errors: list[EraseMyAccountError]
    query = onwards()


@asks
class EraseUserInput:
    """Who is to be forgotten. It cannot be taken back."""

    user_id: ID


EraseUserError = Annotated[
    DriverBusy | ForbiddenStep | NotFound | OrderUnderWay, why_not("EraseUserError")
]


@answers
class EraseUserPayload(Payload):
    errors: list[EraseUserError]
    query = onwards()
    user = shows(User, models.User, "What is left of the account.")
