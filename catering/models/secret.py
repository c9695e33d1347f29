"""What only our own processes know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, moment


class Secret(Base):
    """Random bytes that all replicas share; made by the first one that needs them, and kept."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
    created_at: Mapped[datetime] = moment()
