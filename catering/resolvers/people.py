"""Reading about people: the office finds accounts, and everybody finds what we know of him."""

from __future__ import annotations

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Select, or_
from strawberry.scalars import JSON

from catering import models
from catering.domain.people import Role
from catering.schema.exposing import Info
from catering.schema.loaders import rows
from catering.schema.paging import Connection, Slice, Sort, page, paged
from catering.schema.people import User
from catering.services import exporting

from .fields import query


@strawberry.input(description="Which accounts. Members are joined by AND, values of a list by OR.")
class UserFilter:
    """Null means: does not matter."""

    role: list[Role] | None = None
    search: str | None = strawberry.field(
        default=None, description="In the name, the e-mail address, or the telephone number."
    )
    suspended: bool | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query with these conditions."""
        user = models.User
        if self.role is not None:
            query = query.where(user.role.in_(self.role))
        if self.search:
            query = query.where(or_(*_containing(self.search)))
        if self.suspended is not None:
            is_open = user.suspended_at.is_(None)
            query = query.where(~is_open if self.suspended else is_open)
        return query


def _containing(text: str) -> list[ColumnElement[bool]]:
    columns = (models.User.display_name, models.User.email, models.User.phone)
    return [column.icontains(text.strip(), autoescape=True) for column in columns]


@strawberry.type
class PeopleQueries:
    @paged("first", "last")
    @query
    async def users(
        self,
        info: Info,
        part: Slice,
        filter: UserFilter | None = None,
    ) -> Connection[User] | None:
        """All accounts, the newest last."""
        wanted = rows(models.User, info.context.actor)
        wanted = filter.narrow(wanted) if filter else wanted
        return await page(info, User, wanted, Sort((models.User.id,)), part)

    @query
    async def my_data(self, info: Info) -> JSON | None:
        """Everything that is held about you, to take away."""
        by = info.context.actor
        assert by is not None  # the matrix has seen to it
        async with info.context.transaction() as session:
            return JSON(await exporting.held(session, by=by))
