"""Intentions about those who work for us: they come by invitation."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.people import User
from catering.schema.refusals import InvalidInput, NotFound, StaleToken
from catering.schema.sessions import Session


@asks
class CreateManagerInput:
    """Who is to be a manager. A letter goes to this address; with it he sets his password."""

    email: str
    display_name: str


CreateManagerError = Annotated[InvalidInput, why_not("CreateManagerError")]


@answers
class CreateManagerPayload(Payload):
    errors: list[CreateManagerError]
    query = onwards()
    user = shows(User, models.User, "His account; it waits for its password.")


@asks
class InviteStaffInput:
    """Who is to work for these restaurants, beside those that he works for already. Somebody new
    gets a letter; with it he sets his password."""

    email: str
    display_name: str
    restaurant_ids: list[ID]


InviteStaffError = Annotated[InvalidInput | NotFound, why_not("InviteStaffError")]


@answers
class InviteStaffPayload(Payload):
    errors: list[InviteStaffError]
    query = onwards()
    user = shows(User, models.User, "His account.")


@asks
class AcceptInvitationInput:
    """The token of the letter, good once within seven days, and the password of one's choice."""

    token: str
    password: str


AcceptInvitationError = Annotated[InvalidInput | StaleToken, why_not("AcceptInvitationError")]


@answers
class AcceptInvitationPayload(Payload):
    errors: list[AcceptInvitationError]
    query = onwards()

    @strawberry.field(description="Signed in at once.")
    def session(self) -> Session | None:
        return None if self.result is None else Session.of(self.result)


@asks
class RemoveStaffInput:
    """Who works where no longer."""

    user_id: ID
    restaurant_id: ID


RemoveStaffError = Annotated[NotFound, why_not("RemoveStaffError")]


@answers
class RemoveStaffPayload(Payload):
    errors: list[RemoveStaffError]
    query = onwards()
    user = shows(User, models.User, "Who it was.")
