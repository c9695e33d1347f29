"""Our accounts at outside systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids

from .base import Base


class ProviderAccount(Base):
    """One configured connection to an outside system."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(comment="What people call it.")
    port: Mapped[str] = mapped_column(comment="kitchen, courier or payment.")
    provider: Mapped[str] = mapped_column(comment="Which adapter speaks to it.")
    base_url: Mapped[str]
    credentials: Mapped[dict[str, Any]]
    webhook_key: Mapped[str | None] = mapped_column(
        unique=True, comment="The unguessable part of our webhook's address."
    )
    webhook_secrets: Mapped[list[str]] = mapped_column(
        JSONB, comment="All in force together: current and previous."
    )
    time_zone: Mapped[str]
    currency: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    breaker_opened_at: Mapped[datetime | None] = mapped_column(
        comment="Since when nobody calls it, but to see whether it is back."
    )
    breaker_probe_at: Mapped[datetime | None] = mapped_column(comment="When somebody looks next.")
    breaker_probes: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="How often somebody has looked since."
    )
    breaker_reason: Mapped[str | None] = mapped_column(comment="How its last call failed.")

    __table_args__ = (CheckConstraint("port IN ('kitchen', 'courier', 'payment')", name="port"),)
