from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import click
import pytest
from sqlalchemy import func, select

from catering.demo import reading
from catering.demo.seeding import seed
from catering.domain.opening_hours import DAYS
from catering.domain.people import Role
from catering.models import (
    Base,
    Driver,
    Event,
    Facility,
    Member,
    Product,
    ProviderAccount,
    Restaurant,
    Staff,
    Task,
    User,
)
from catering.services import passwords
from catering.settings import Settings
from tests.demo.looking import rows


def everything(settings: Settings) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.name: sorted(map(repr, rows(settings, select(table))))
        for table in Base.metadata.sorted_tables
    }


def test_nothing_is_seeded_outside_development_unless_forced(empty: Settings) -> None:
    before = everything(empty)

    with pytest.raises(click.ClickException, match="--force"):
        seed(replace(empty, development=False))

    assert everything(empty) == before


def test_everybody_can_sign_in_with_the_one_password(town: Settings) -> None:
    people = {row.email: row for row in rows(town, select(User))}

    assert people.keys() == {person["email"] for person in reading.people()}
    assert Counter(row.role for row in people.values()) == {
        Role.ADMIN: 1,
        Role.MANAGER: 1,
        Role.CUSTOMER: 3,
        Role.DRIVER: 5,
        Role.RESTAURANT: len(reading.restaurants()),
    }
    (password_hash,) = {row.password_hash for row in people.values()}
    assert asyncio.run(passwords.matches(password_hash, "catering-demo"))
    assert not passwords.is_outdated(password_hash)


def test_a_school_orders_and_somebody_else_approves(town: Settings) -> None:
    query = select(User.email, Member.parts).join(Member, Member.user_id == User.id)
    assert {(row.email, *row.parts) for row in rows(town, query)} == {
        ("facility@demo.catering.test", "ORDERER"),
        ("approver@demo.catering.test", "APPROVER"),
    }
    (site,) = rows(town, select(*Facility.__table__.columns))
    assert site.delivery_windows.keys() == set(DAYS)
    assert site.cost_centres


def test_drivers_are_approved_and_offline_at_a_place_in_town(town: Settings) -> None:
    drivers = rows(town, select(User.email, *Driver.__table__.columns).join(Driver))

    places = {row.email: (row.latitude, row.longitude) for row in drivers}
    assert places == {
        person["email"]: (person["latitude"], person["longitude"])
        for person in reading.people()
        if person["role"] == "DRIVER"
    }
    assert all(row.approved_at and not row.online and row.position_at for row in drivers)


def test_every_restaurant_has_its_menu_its_cook_and_its_kitchen(town: Settings) -> None:
    query = (
        select(Restaurant.slug, User.email, ProviderAccount.name, func.count(Product.id))
        .join(Staff, Staff.restaurant_id == Restaurant.id)
        .join(User, User.id == Staff.user_id)
        .outerjoin(ProviderAccount, ProviderAccount.id == Restaurant.account_id)
        .join(Product, Product.restaurant_id == Restaurant.id)
        .group_by(Restaurant.slug, User.email, ProviderAccount.name)
    )

    assert {tuple(row) for row in rows(town, query)} == {
        (
            row["slug"],
            f"{row['slug']}@demo.catering.test",
            row["account"],
            len(reading.menu(row["slug"], row["currency"]).items),
        )
        for row in reading.restaurants()
    }


def test_seeding_starts_no_work(town: Settings) -> None:
    assert rows(town, select(Task.kind)) == []
    assert {row.kind for row in rows(town, select(Event.kind).distinct())} == {
        "PRODUCT_CHANGED",
        "ORGANISATION_CREATED",
        "FACILITY_ADDED",
        "FACILITY_CHANGED",
        "MEMBER_SET",
        "RESTAURANT_CHANGED",
        "DRIVER_REGISTERED",
        "DRIVER_APPROVED",
    }


def test_seeding_again_changes_nothing(town: Settings) -> None:
    before = everything(town)

    seed(replace(town, simulator_url="http://127.0.0.1:8199"))

    assert everything(town) == before


def test_connections_follow_the_simulator_to_its_port(town: Settings) -> None:
    def addresses() -> set[str]:
        return {row.base_url for row in rows(town, select(ProviderAccount.base_url))}

    paths = {row["path"] for row in reading.accounts()}
    assert addresses() == {f"http://127.0.0.1:8199{path}" for path in paths}

    seed(replace(town, simulator_url="http://127.0.0.1:8299"))

    assert addresses() == {f"http://127.0.0.1:8299{path}" for path in paths}
    seed(replace(town, simulator_url="http://127.0.0.1:8199"))
