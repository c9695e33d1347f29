"""Asking the API as somebody, on real PostgreSQL, without a server in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from catering.changes import Nowhere, Whereabouts
from catering.database import Transaction
from catering.domain.people import Actor
from catering.resolvers.root import schema
from catering.schema.context import Context
from catering.settings import Settings


@dataclass
class Ask:
    """`await ask(document, by=customer, id=…)`: the data, where there were no errors."""

    transaction: Transaction
    settings: Settings
    connection: AsyncConnection
    statements: list[str] = field(default_factory=list)
    address: str | None = None
    family: UUID | None = None
    whereabouts: Whereabouts = field(default_factory=Nowhere)

    async def __call__(self, document: str, *, by: Actor | None, **variables: Any) -> Any:
        data, codes = await self.all(document, by=by, **variables)
        assert codes == []
        return data

    async def all(self, document: str, *, by: Actor | None, **variables: Any) -> tuple[Any, Any]:
        """The data, and the codes of the errors beside it."""
        changes: Any = None  # nothing here watches
        context = Context(
            by, self.transaction, changes, self.settings, self.family, self.address,
            whereabouts=self.whereabouts,
        )  # fmt: skip
        result = await schema.execute(document, variable_values=variables, context_value=context)
        return result.data, [(e.extensions or {}).get("code") for e in result.errors or ()]

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The SELECTs that are sent meanwhile."""
        told: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            if statement.startswith("SELECT"):
                told.append(statement)

        engine = self.connection.sync_connection
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield told
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def ask(transaction: Transaction, settings: Settings, connection: AsyncConnection) -> Ask:
    return Ask(transaction, settings, connection)
