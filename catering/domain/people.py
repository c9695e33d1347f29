"""Who does something: a person in a role, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Role(StrEnum):
    """What a person is to us. Each account has exactly one."""

    ADMIN = "ADMIN"
    CUSTOMER = "CUSTOMER"
    DRIVER = "DRIVER"
    MANAGER = "MANAGER"
    RESTAURANT = "RESTAURANT"


ITSELF: Final = None
"""The role of the system: it acts under no role that a person could hold."""

STAFF: Final = frozenset({Role.MANAGER, Role.ADMIN})


def answers_to(role: Role) -> frozenset[Role]:
    """Who may close an account of this role; an admin's is closed on the command line at most."""
    if role is Role.ADMIN:
        return frozenset()
    return frozenset({Role.ADMIN}) if role is Role.MANAGER else STAFF


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a step is taken; every use case is told it as `by`."""

    id: UUID | None
    role: Role | None


SYSTEM: Final = Actor(id=None, role=ITSELF)
