"""People and their sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.documents import DocumentKind
from catering.domain.geography import Point
from catering.domain.people import Role
from catering.domain.zones import Area

from .base import Base, moment, word


class User(Base):
    """One account of one person, in one role."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    email: Mapped[str] = mapped_column(comment="As given; unique whatever its case.")
    password_hash: Mapped[str] = mapped_column(comment="argon2id, with its parameters.")
    display_name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(comment="E.164.")
    role: Mapped[Role] = word(Role)
    email_verified_at: Mapped[datetime | None] = mapped_column(
        comment="When a token that was mailed there came back."
    )
    invited_at: Mapped[datetime | None] = mapped_column(
        comment="Of an account that waits for its person; null once he has come."
    )
    suspended_at: Mapped[datetime | None] = mapped_column(comment="Nobody gets in with it.")
    suspension: Mapped[str | None] = mapped_column(comment="Why.")
    erased_at: Mapped[datetime | None] = mapped_column(
        comment="The person is gone; the row stays for what he did."
    )
    created_at: Mapped[datetime] = moment()

    __table_args__ = (Index("uq_users_email", func.lower(email), unique=True),)


class Session(Base):
    """One refresh token. It is spent once; its successor carries the same family."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    family_id: Mapped[UUID] = mapped_column(index=True, comment="One sign-in, many tokens.")
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(
        unique=True, comment="SHA-256; the token is ours no more."
    )
    created_at: Mapped[datetime] = moment()
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SigningKey(Base):
    """An Ed25519 key that access tokens are signed with; every replica reads it here."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_pem: Mapped[str]
    created_at: Mapped[datetime] = moment()
    verifies_until: Mapped[datetime | None] = mapped_column(
        comment="Set when another took over: it signs no more, and verifies until then."
    )
    retired_at: Mapped[datetime | None] = mapped_column(comment="Verifies no more.")

    __table_args__ = (
        Index(
            "uq_signing_keys_current", text("(true)"), unique=True,
            postgresql_where=verifies_until.is_(None) & retired_at.is_(None),
        ),
    )  # fmt: skip


class Staff(Base):
    """Who works for which restaurant."""

    __tablename__ = "staff"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    restaurant_id: Mapped[UUID] = mapped_column(
        ForeignKey("restaurants.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Driver(Base):
    """A user who carries deliveries; has the id of the user."""

    __tablename__ = "drivers"

    id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    vehicle: Mapped[str]
    approved_at: Mapped[datetime | None]
    rejected_at: Mapped[datetime | None]
    rejection: Mapped[str | None] = mapped_column(comment="Why a manager said no.")
    suspended_at: Mapped[datetime | None] = mapped_column(
        comment="That of the account; here, too, because whoever offers work locks this row."
    )
    online: Mapped[bool] = mapped_column(default=False)
    shift_ends_at: Mapped[datetime | None] = mapped_column(
        comment="From then on he is asked for nothing more; what he carries, he brings."
    )
    break_until: Mapped[datetime | None] = mapped_column(comment="Until then he is not asked.")
    zone: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True),
        comment="He is asked for nothing outside: an outline, or a centre and a radius.",
    )
    expired_in_a_row: Mapped[int] = mapped_column(default=0, comment="Offers left unanswered.")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    position_at: Mapped[datetime | None]
    rating_sum: Mapped[int] = mapped_column(server_default="0", default=0)
    rating_count: Mapped[int] = mapped_column(server_default="0", default=0)

    __table_args__ = (Index("ix_drivers_online", "id", postgresql_where=online.is_(True)),)

    def is_there(self, now: datetime) -> bool:
        """Whether he may be asked: online, in his shift, and with no break."""
        on_break = self.break_until is not None and self.break_until > now
        gone = self.shift_ends_at is not None and self.shift_ends_at <= now
        return self.online and not on_break and not gone

    def works_at(self, *places: Point) -> bool:
        """Whether all these places lie where he works."""
        area = Area.of(self.zone)
        return area is None or area.covers(*places)


class DriverDocument(Base):
    """A paper that a driver handed in; the last of its kind."""

    __tablename__ = "driver_documents"

    driver_id: Mapped[UUID] = mapped_column(
        ForeignKey(Driver.id, ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[DocumentKind] = word(DocumentKind, primary_key=True)
    number: Mapped[str | None]
    url: Mapped[str | None] = mapped_column(comment="A picture of it.")
    expires_on: Mapped[date | None] = mapped_column(comment="The last day on which it is good.")
    created_at: Mapped[datetime] = moment()
