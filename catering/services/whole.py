"""A thing with all its parts in one look: one statement, however many tables they are in.

That the ORM asks table by table, and builds each question anew, was most of what one step of an
order cost. What comes back is the same that it would have loaded: objects of the session.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    TextClause,
    Uuid,
    and_,
    bindparam,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapper,
    Session,
    class_mapper,
)
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from catering.models.base import Base

RootT = TypeVar("RootT", bound=Base)
Relation = InstrumentedAttribute[Any]

_DIALECT = dialect()  # type: ignore[no-untyped-call]


class Whole(Generic[RootT]):
    """The shape of a thing: its table, and the relations that lead to its parts."""

    def __init__(
        self,
        root: type[RootT],
        *relations: Relation,
        only: Mapping[Relation, TextClause] | None = None,
    ) -> None:
        """A relation comes after the one that leads to its owner; `only` narrows some of them."""
        mapper = class_mapper(root)
        kinds: dict[Any, _Rows] = {
            mapper: _Rows(mapper, mapper.c.id == bindparam("id", type_=Uuid))
        }
        for relation in relations:
            part = _Part(relation, kinds[relation.parent], (only or {}).get(relation))
            kinds[part.mapper] = part
        self._kinds = list(kinds.values())
        start = 1
        for kind in self._kinds:
            kind.span = slice(start, start + len(kind.columns))
            start = kind.span.stop
        every = union_all(*(self._rows_of(kind) for kind in self._kinds))
        self._statement = str(every.compile(dialect=_DIALECT))

    async def load(self, session: AsyncSession, id: UUID) -> RootT:
        """All of it as it is now; what the session held of it before is refreshed.

        Raises `LookupError` where there is none.
        """
        # Into the ORM and back is a way of its own, which is gone once for all of it.
        return await session.run_sync(self._load, id)

    def _load(self, session: Session, id: UUID) -> RootT:
        session.flush()
        found: dict[_Rows, list[Any]] = defaultdict(list)
        for row in session.connection().exec_driver_sql(self._statement, (id,)):
            kind = self._kinds[row[0]]
            found[kind].append(kind.read(session, row))
        if not found[self._kinds[0]]:
            raise LookupError(id)
        for part in self._kinds:
            if isinstance(part, _Part):
                part.join(found[part.owner], found[part])
        root: RootT = found[self._kinds[0]][0]
        return root

    def _rows_of(self, kind: _Rows) -> Select[Any]:
        """The rows of one kind, with nothing in the columns of the others."""
        number: ColumnElement[int] = literal_column(str(self._kinds.index(kind)))
        values = (
            column if other is kind else null().cast(column.type)
            for other in self._kinds
            for column in other.columns
        )
        return select(number, *values).where(kind.which)


class _Rows:
    """One table of the whole, and how its rows become objects."""

    span: slice

    def __init__(self, mapper: Mapper[Any], which: ColumnElement[bool]) -> None:
        self.mapper, self.which = mapper, which
        self.columns: list[Column[Any]] = list(mapper.columns)
        self._fields = [
            (mapper.get_property_by_column(column).key, _reader(column)) for column in self.columns
        ]

    def read(self, session: Session, row: Sequence[Any]) -> Any:
        """The object of the session for a row."""
        fresh = {
            name: value if read is None else read(value)
            for (name, read), value in zip(self._fields, row[self.span], strict=True)
        }
        key = self.mapper.identity_key_from_primary_key((fresh["id"],))
        held = session.identity_map.get(key)
        if held is not None:
            for name, value in fresh.items():
                set_committed_value(held, name, value)
            return held
        # As the ORM does with what it loads itself; to be told of each object with all that may
        # hang on it, as by `session.add`, costs it more than to make it.
        it = self.mapper.class_manager.new_instance()
        vars(it).update(fresh)
        state = instance_state(it)
        state.key, state.session_id = key, session.hash_key
        session.identity_map.add(state)
        return it


class _Part(_Rows):
    """A table of parts, and how they find their owners."""

    def __init__(self, relation: Relation, owner: _Rows, only: TextClause | None) -> None:
        ((_, foreign),) = relation.property.local_remote_pairs
        owners = select(owner.mapper.c.id).where(owner.which)
        super().__init__(
            relation.property.mapper, and_(foreign.in_(owners), true() if only is None else only)
        )
        self.owner = owner
        self._name, self._back = relation.key, relation.property.back_populates
        self._owner_id = attrgetter(self.mapper.get_property_by_column(foreign).key)
        order = [column.name for column in relation.property.order_by or ()]
        self._order = attrgetter(*order) if order else None

    def join(self, owners: list[Any], parts: list[Any]) -> None:
        """Give each owner its parts, and each part its owner."""
        of: dict[Any, list[Any]] = defaultdict(list)
        for part in sorted(parts, key=self._order) if self._order else parts:
            of[self._owner_id(part)].append(part)
        for owner in owners:
            set_committed_value(owner, self._name, of[owner.id])
            for part in of[owner.id] if self._back else ():
                set_committed_value(part, self._back, owner)


def _reader(column: Column[Any]) -> Callable[[Any], Any] | None:
    """What makes our value of the driver's, where that is not the same."""
    if column.type.python_type is float:
        return None
    type = column.type.dialect_impl(_DIALECT)
    reader: Callable[[Any], Any] | None = type.result_processor(_DIALECT, None)
    return reader
