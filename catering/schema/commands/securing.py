"""Intentions about what guards an account: its address, and its password."""

from __future__ import annotations

from typing import Annotated

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.people import User
from catering.schema.refusals import (
    InvalidCredentials,
    InvalidInput,
    StaleToken,
    TooManyAttempts,
)


@asks
class RequestActivationInput:
    """Whose address is to be confirmed. The answer is the same whether it has an account or not."""

    email: str


RequestActivationError = Annotated[InvalidInput, why_not("RequestActivationError")]


@answers
class RequestActivationPayload(Payload):
    errors: list[RequestActivationError]
    query = onwards()


@asks
class ActivateAccountInput:
    """The token of the letter that followed the registration; good once, for 48 hours."""

    token: str


ActivateAccountError = Annotated[StaleToken, why_not("ActivateAccountError")]


@answers
class ActivateAccountPayload(Payload):
    errors: list[ActivateAccountError]
    query = onwards()
    user = shows(User, models.User, "Whose address it is.")


@asks
class RequestPasswordResetInput:
    """Who has forgotten his password. The answer is the same whether he has an account or not."""

    email: str


RequestPasswordResetError = Annotated[InvalidInput, why_not("RequestPasswordResetError")]


@answers
class RequestPasswordResetPayload(Payload):
    errors: list[RequestPasswordResetError]
    query = onwards()


@asks
class ResetPasswordInput:
    """The token of the letter; good once, for an hour."""

    token: str
    password: str


ResetPasswordError = Annotated[InvalidInput | StaleToken, why_not("ResetPasswordError")]


@answers
class ResetPasswordPayload(Payload):
    errors: list[ResetPasswordError]
    query = onwards()
    user = shows(User, models.User, "Who may sign in with it now.")


@asks
class ChangePasswordInput:
    """`current` is the password that is good until now."""

    current: str
    password: str


ChangePasswordError = Annotated[
    InvalidCredentials | InvalidInput | TooManyAttempts, why_not("ChangePasswordError")
]


@answers
class ChangePasswordPayload(Payload):
    errors: list[ChangePasswordError]
    query = onwards()
    user = shows(User, models.User, "Whose password it is.")
