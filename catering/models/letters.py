"""Letters that were asked for, and passwords that were tried."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.letters import Purpose

from .base import Base, moment, word
from .people import User


class Letter(Base):
    """An e-mail that was asked for. Whose address it is, is found out when it is sent."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    purpose: Mapped[Purpose] = word(Purpose)
    email: Mapped[str] = mapped_column(comment="As typed; maybe nobody's.")
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), index=True, comment="Whose it turned out to be."
    )
    token_hashes: Mapped[list[bytes]] = mapped_column(
        ARRAY(LargeBinary), default=list, comment="SHA-256; each sending has a token of its own."
    )
    created_at: Mapped[datetime] = moment()
    expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None] = mapped_column(comment="Its tokens are good no more.")
    failure: Mapped[str | None] = mapped_column(comment="Why it will never arrive.")

    __table_args__ = (Index("ix_letters_email", func.lower(email), "purpose", "created_at"),)


class Attempts(Base):
    """The tries of one account's password from one place since the last right one."""

    __tablename__ = "attempts"

    account: Mapped[bytes] = mapped_column(
        primary_key=True, comment="SHA-256 of the address that was typed; maybe nobody's."
    )
    origin: Mapped[str] = mapped_column(
        primary_key=True, comment="The network, or the device that was signed in before."
    )
    tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = moment(index=True)
