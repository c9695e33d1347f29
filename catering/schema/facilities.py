"""Organisations, their members, and the sites that they order for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

import strawberry
from sqlalchemy import func, select

from catering import models
from catering.domain.facilities import MemberPart
from catering.domain.ids import Prefix
from catering.domain.ledger import LedgerAccount

from .directives import about
from .exposing import Info, Node, View, exposes
from .hours import OpeningDay
from .people import User
from .values import Address, DateTimeRange, Money

_Facility = Annotated["Facility", strawberry.lazy(".facilities")]


@exposes(models.Organisation)
class Organisation(View, Node):
    """Who is sent the bills: a company, a school, a clinic."""

    prefix: ClassVar = Prefix.ORGANISATION

    name: str
    created_at: datetime

    @strawberry.field(description="What is printed on its bills.")
    def billing(self) -> str | None:
        return self.row.billing  # type: ignore[no-any-return]

    @strawberry.field(description="Dearer orders wait for an approver; null where none does.")
    def approval_above(self) -> Money | None:
        above = self.row.approval_above
        return None if above is None else Money.of(above, self.row.currency)

    @strawberry.field(description="What is on its bill, of a span or in all; it may be paid since.")
    async def billed(self, info: Info, within: DateTimeRange | None = None) -> Money | None:
        span = (within.from_, within.until) if within else (None, None)
        owed: int = await _billed(info, self.row.id, span)
        return Money.of(owed, self.row.currency)

    @about(5)
    @strawberry.field(description="Its sites, those that are closed, too.")
    async def facilities(self, info: Info) -> list[_Facility]:
        found = await info.context.loaders.of(models.Facility, "organisation_id", self.row.id)
        return Facility.each(found)

    @about(10)
    @strawberry.field(description="Its people.")
    async def members(self, info: Info) -> list[Member]:
        found = await info.context.loaders.of(models.Member, "organisation_id", self.row.id)
        return Member.each(found)


@exposes(models.Member)
class Member(View):
    """Who orders for an organisation, and who approves."""

    created_at: datetime

    @strawberry.field(description="What he does inside it; nothing: he only looks on.")
    def parts(self) -> list[MemberPart]:
        return [MemberPart(part) for part in self.row.parts]

    @strawberry.field(description="The person.")
    async def user(self, info: Info) -> User:
        return User.of(await info.context.loaders.one(models.User, self.row.user_id))

    @strawberry.field(description="What he is a member of.")
    async def organisation(self, info: Info) -> Organisation:
        found = await info.context.loaders.one(models.Organisation, self.row.organisation_id)
        return Organisation.of(found)


@exposes(models.Facility)
class Facility(View, Node):
    """A site of an organisation (an office, a school, a clinic) that orders under rules."""

    prefix: ClassVar = Prefix.FACILITY

    name: str
    time_zone: str
    closed_at: datetime | None

    @strawberry.field(description="Whose site it is.")
    async def organisation(self, info: Info) -> Organisation:
        return Organisation.of(await self._organisation(info))

    @strawberry.field(description="Its door.")
    def address(self) -> Address:
        return Address.of(self.row)

    @strawberry.field(description="One of these is named with each order, where there are any.")
    def cost_centres(self) -> list[str]:
        return self.row.cost_centres  # type: ignore[no-any-return]

    @about(7)
    @strawberry.field(description="When it takes deliveries, on its own wall clock.")
    def delivery_windows(self) -> list[OpeningDay]:
        return OpeningDay.week(self.row.delivery_windows)

    @strawberry.field(description="How long before a window it has to be ordered, at least.")
    def notice(self) -> timedelta | None:
        return timedelta(minutes=self.row.notice_minutes)

    @strawberry.field(description="Until when on the wall clock it can be ordered, as 16:00.")
    def cut_off(self) -> str | None:
        return self.row.cut_off  # type: ignore[no-any-return]

    @strawberry.field(description="How many days before the window that is.")
    def cut_off_days_before(self) -> int | None:
        return self.row.cut_off_days_before  # type: ignore[no-any-return]

    @strawberry.field(description="Dearer orders wait for an approver; null where none does.")
    async def approval_above(self, info: Info) -> Money | None:
        organisation = await self._organisation(info)
        own, usual = self.row.approval_above, organisation.approval_above
        above = usual if own is None else own
        return None if above is None else Money.of(above, organisation.currency)

    async def _organisation(self, info: Info) -> models.Organisation:
        found = await info.context.loaders.one(models.Organisation, self.row.organisation_id)
        assert found is not None  # who sees a site sees whose it is
        return found  # type: ignore[return-value]


async def _billed(
    info: Info, organisation_id: UUID, span: tuple[datetime | None, datetime | None]
) -> Any:
    """What organisations owe by the ledger, in minor units; asked for all of them at once."""

    async def load(ids: list[UUID]) -> list[int]:
        line, (start, end) = models.LedgerLine, span
        query: Any = select(line.party_id, func.sum(-line.amount).label("owed")).where(
            line.account == LedgerAccount.INVOICE,
            line.party_id.in_(ids),
            *([line.occurred_at >= start] if start else ()),
            *([line.occurred_at < end] if end else ()),
        )
        found = await info.context.loaders.read(query.group_by(line.party_id))
        owed = {row.party_id: int(row.owed) for row in found}
        return [owed.get(id, 0) for id in ids]

    return await info.context.loaders.batched(("billed", span), load).load(organisation_id)
