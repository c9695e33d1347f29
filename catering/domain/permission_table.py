"""The permission matrix as a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from .people import Role
from .permissions import EVERYBODY, FIELDS, READING, WATCHING, WRITING, Roles

_COLUMNS: Final = (
    None, Role.CUSTOMER, Role.DRIVER, Role.RESTAURANT, Role.MANAGER, Role.ADMIN,
)  # fmt: skip

_HEAD: Final = """\
# Who may do what

Printed by `catering permissions` from `catering/domain/permissions.py`, which is also what enforces
it; a test walks every cell, over HTTP and on live sockets. An operation that is not for a role
answers null and an error with the code `FORBIDDEN`, or `UNAUTHENTICATED` for somebody who is not
signed in, and changes nothing. *Whose* orders, tickets and deliveries somebody may touch is a
second question: what is not his to see is not found."""

_FIELDS_HEAD: Final = """\
## Fields

Who sees a thing does not see all of it. *all*: on everything that may be seen; *own*: on what is
one's own. Others are told nothing, without an error: null, or an empty list. An account is its
person's; an order is the customer's who placed it, and the driver's while he carries it; a
restaurant and its tickets are its staff's. Fields that are not listed are seen by all who see the
thing."""


def page() -> str:
    """The whole matrix, in Markdown."""
    parts = [
        _HEAD,
        *_operations("Queries", READING),
        *_operations("Mutations", WRITING),
        *_operations("Subscriptions", WATCHING),
        _FIELDS_HEAD,
        _table("field", ((name, (FIELDS[name].of(role) for role in _COLUMNS)) for name in FIELDS)),
    ]
    return "\n\n".join(parts)


def _operations(title: str, operations: Mapping[str, Roles]) -> Iterator[str]:
    yield f"## {title}"
    rows = ((name, (_may(roles, role) for role in _COLUMNS)) for name, roles in operations.items())
    yield _table("operation", rows)


def _may(roles: Roles, role: Role | None) -> str:
    return "yes" if roles is EVERYBODY or role in roles else "–"


def _table(what: str, rows: Iterable[tuple[str, Iterable[str]]]) -> str:
    titles = [role.lower() if role else "nobody" for role in _COLUMNS]
    lines = [_row(what, titles), _row("---", [":-:"] * len(titles))]
    return "\n".join([*lines, *(_row(f"`{name}`", cells) for name, cells in rows)])


def _row(first: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"
