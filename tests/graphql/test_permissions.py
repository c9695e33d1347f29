"""The matrix, cell by cell: every operation and every guarded field, for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from graphql import (
    GraphQLNonNull,
    build_schema,
    get_directive_values,
    get_named_type,
    is_leaf_type,
    is_list_type,
)
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain.documents import DocumentKind
from catering.domain.ids import Prefix
from catering.domain.offers import OfferStatus
from catering.domain.people import Actor, Role
from catering.domain.permission_table import page
from catering.domain.permissions import FIELDS, OPERATIONS, READING, WATCHING, WRITING, Reach
from catering.models import (
    Driver,
    DriverDocument,
    Facility,
    Offer,
    Order,
    Restaurant,
    Staff,
    Stop,
    Task,
    TaskState,
    Ticket,
    User,
)
from catering.resolvers.root import schema, sdl
from tests.footprint import footprint
from tests.graphql.conftest import Ask
from tests.graphql.steps import assigned, shown
from tests.sampling import document, roots
from tests.sites import School
from tests.world import World

EVERYBODY = [None, *Role]
DENIED = {"UNAUTHENTICATED", "FORBIDDEN"}
PRINTED = Path(__file__).parent.parent.parent / "docs" / "permissions.md"


def everybody(role: Role | None) -> str:
    return role or "nobody"


def test_the_printed_matrix_is_the_one_that_is_enforced() -> None:
    assert PRINTED.read_text() == page() + "\n", "Run `make schema`, and read what has changed."


def test_the_matrix_names_every_root_field_and_nothing_else() -> None:
    for kind, cells in {"query": READING, "mutation": WRITING, "subscription": WATCHING}.items():
        assert set(cells) == set(roots(kind))


def test_the_printed_schema_says_what_the_matrix_says() -> None:
    printed = build_schema(sdl())
    auth = next(directive for directive in printed.directives if directive.name == "auth")
    fields = (printed.query_type, printed.mutation_type, printed.subscription_type)
    says = {}
    for name, field in ((n, f) for root in fields if root for n, f in root.fields.items()):
        assert field.ast_node is not None
        values = get_directive_values(auth, field.ast_node)
        says[name] = set(values["requires"]) if values else None
    assert says == {name: set(roles or ()) for name, roles in OPERATIONS.items()}


def test_a_guarded_field_is_there_and_may_be_null_or_empty() -> None:
    types: Any = schema._schema.type_map
    for name in FIELDS:
        type_name, field = name.split(".")
        kind = types[type_name].fields[field].type
        assert not isinstance(kind, GraphQLNonNull) or is_list_type(kind.of_type), name


@pytest.mark.parametrize("role", EVERYBODY, ids=everybody)
async def test_only_those_of_the_matrix_get_in_and_the_others_change_nothing(
    ask: Ask, world: World, role: Role | None
) -> None:
    by = _people(world)[role]
    before = await footprint(world.transaction)
    allowed = []
    for name in roots("query", "mutation"):
        roles = OPERATIONS[name]
        if roles is None or role in roles:
            allowed.append(name)
            continue
        data, codes = await ask.all(document(name), by=by)
        assert (data, codes) == ({name: None}, ["FORBIDDEN" if role else "UNAUTHENTICATED"])
        assert await footprint(world.transaction) == before, name
    for name in allowed:
        _, codes = await ask.all(document(name), by=by)
        assert not DENIED & set(codes), name


async def test_of_a_thing_everybody_sees_the_fields_of_the_matrix(ask: Ask, world: World) -> None:
    """Every field here holds something, so that nothing means: not for you."""
    order_id = await _fill(world)
    for role, (type_name, fields) in product(EVERYBODY, _guarded().items()):
        for whose, way in _ways(role, type_name):
            seen = await _look(ask, world, role, way, type_name, order_id)
            for field in fields:
                reach = FIELDS[f"{type_name}.{field}"].of(role)
                assert (seen[field] not in (None, [])) is (reach in whose), (
                    role,
                    type_name,
                    field,
                    way,
                )


def _people(world: World) -> dict[Role | None, Actor | None]:
    return {
        None: None, Role.CUSTOMER: world.customer, Role.DRIVER: world.driver,
        Role.MANAGER: world.manager, Role.RESTAURANT: world.cook,
        Role.ADMIN: Actor(world.manager.id, Role.ADMIN),
    }  # fmt: skip


async def _fill(world: World) -> UUID:
    """An order under way, kitchens that are reached through a system, and one more offer."""
    order_id = await world.order()
    school = await School.made(world)
    delivery = await assigned(world, order_id)
    account = await world.account("poster", port="kitchen", provider="poster", base_url="")
    async with world.transaction() as session:
        await session.execute(update(Restaurant).values(account_id=account))
        await session.execute(update(Ticket).values(external_id="7"))
        await session.execute(
            update(Task)
            .where(Task.kind == "submit_ticket")
            .values(held_up_by="-", state=TaskState.PENDING)
        )
        await session.execute(
            update(Order).values(
                facility_id=school.site, organisation_id=school.organisation, cost_centre="A",
                headcount=7, approve_by=now(),
            )
        )  # fmt: skip
        await session.execute(update(Facility).values(cut_off="09:00"))
        await session.execute(
            update(Stop).values(signed_by="Somebody", signature_url="https://example.com/1.png")
        )
        await _fill_people(session, world)
        session.add(
            Offer(
                delivery_id=delivery.id, driver_id=world.driver.id, status=OfferStatus.SENT,
                reward=1, currency="UAH", distance_m=1, expires_at=now(),
            )
        )  # fmt: skip
    return order_id


async def _fill_people(session: AsyncSession, world: World) -> None:
    driver = {
        "rating_sum": 9, "rating_count": 2, "rejection": "Blurred.",
        "break_until": now() + timedelta(hours=1), "shift_ends_at": now(),
        "zone": {"centre": [50.0, 30.0], "radius": 1},
    }  # fmt: skip
    await session.execute(update(Driver).values(driver))
    facts = {"suspended_at": now(), "suspension": "-", "invited_at": now(), "erased_at": now()}
    await session.execute(update(User).values(facts))
    people = (await session.scalars(select(User.id).where(User.role != Role.RESTAURANT))).all()
    session.add_all(Staff(user_id=id, restaurant_id=world.kitchen) for id in people)
    session.add(DriverDocument(driver_id=world.driver.id, kind=DocumentKind.INSURANCE))


OWN, OTHERS = {Reach.ALL, Reach.OWN}, {Reach.ALL}


def _ways(role: Role | None, type_name: str) -> Iterator[tuple[set[Reach], str]]:
    """How somebody comes to see things of this type: of his own, and of others."""
    if type_name == "Restaurant":
        yield (OWN if role is Role.RESTAURANT else OTHERS), "restaurant(by: {id: $kitchen}) { F }"
        yield OTHERS, "restaurant(by: {id: $market}) { F }"
    if role is None:
        return
    if type_name == "User":
        yield OWN, "viewer { user { F } }"
        someone = (
            "delivery { driver { user { F } } }" if role is Role.CUSTOMER else "customer { F }"
        )
        yield OTHERS, f"order(id: $order) {{ {someone} }}"
    if type_name == "Driver":
        whose = OWN if role is Role.DRIVER else OTHERS
        yield whose, "order(id: $order) { delivery { driver { F } } }"
    if type_name == "KitchenTicket":
        whose = OWN if role is Role.RESTAURANT else OTHERS
        yield whose, "order(id: $order) { tickets { F } }"
    if type_name in {"Organisation", "Facility", "Stop"}:
        way = {
            "Organisation": "facility { organisation { F } }",
            "Facility": "facility { F }",
            "Stop": "delivery { stops { F } }",
        }[type_name]
        yield OTHERS, f"order(id: $order) {{ {way} }}"
    if type_name == "Order":
        whose = OWN if role in {Role.CUSTOMER, Role.DRIVER} else OTHERS
        yield whose, "order(id: $order) { F }"


def _guarded() -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for name in FIELDS:
        type_name, field = name.split(".")
        found[type_name].append(field)
    return found


async def _look(
    ask: Ask, world: World, role: Role | None, way: str, type_name: str, order_id: UUID
) -> dict[str, Any]:
    """What stands at the end of the way, with all guarded fields."""
    names = {
        "kitchen": shown(Prefix.RESTAURANT, world.kitchen),
        "market": shown(Prefix.RESTAURANT, world.market),
        "order": shown(Prefix.ORDER, order_id),
    }
    used = [name for name in names if f"${name}" in way]
    fields = _guarded()[type_name]
    path = way.replace("F", " ".join(_selected(type_name, field) for field in fields))
    head = f"query ({', '.join(f'${name}: ID!' for name in used)})" if used else "query"
    seen: Any = await ask(
        f"{head} {{ {path} }}", by=_people(world)[role], **{name: names[name] for name in used}
    )
    while not (isinstance(seen, dict) and fields[0] in seen):
        seen = seen[0] if isinstance(seen, list) else next(iter(seen.values()))
    assert isinstance(seen, dict)
    return seen


def _selected(type_name: str, field: str) -> str:
    types: Any = schema._schema.type_map
    leaf = is_leaf_type(get_named_type(types[type_name].fields[field].type))
    return field if leaf else f"{field} {{ __typename }}"
