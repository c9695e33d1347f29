import json
from collections import Counter
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

import catering.demo
from catering.domain.menu_files import MenuFile, read
from catering.domain.opening_hours import OpeningHours
from catering.domain.products import ProductKind

DATA = Path(catering.demo.__file__).parent / "data"


def load(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return rows


RESTAURANTS = {row["slug"]: row for row in load("restaurants.json")}
PEOPLE = {row["name"]: row for row in load("people.json")}
ACCOUNTS = {row["name"]: row for row in load("accounts.json")}


def menu(slug: str) -> MenuFile:
    (file,) = (DATA / "menus").glob(f"{slug}.*")
    return read(file.read_text(encoding="utf-8"), file.name)


MENUS = {slug: menu(slug) for slug in RESTAURANTS}


def hours(slug: str) -> OpeningHours:
    row = RESTAURANTS[slug]
    return OpeningHours.read(row["opening_hours"], time_zone=row["time_zone"])


def never_closes(slug: str) -> bool:
    return all(
        spans == [["00:00", "24:00"]] for spans in RESTAURANTS[slug]["opening_hours"].values()
    )


def is_in_kyiv(row: dict[str, Any]) -> bool:
    return bool(50.39 < row["latitude"] < 50.53 and 30.42 < row["longitude"] < 30.65)


@pytest.mark.parametrize("slug", RESTAURANTS)
def test_a_demo_menu_reads_without_a_problem(slug: str) -> None:
    assert MENUS[slug].items
    assert (MENUS[slug].problems, MENUS[slug].notes) == ((), ())


def test_no_menu_is_left_without_a_restaurant() -> None:
    assert {file.stem for file in (DATA / "menus").iterdir()} == set(RESTAURANTS)


def test_there_is_enough_to_choose_from() -> None:
    assert len(RESTAURANTS) >= 6
    assert sum(len(menu.items) for menu in MENUS.values()) >= 160


def test_silpo_sells_dishes_and_goods_from_the_shelf() -> None:
    kinds = Counter(item.kind for item in MENUS["silpo"].items)

    assert kinds.total() >= 50
    assert kinds[ProductKind.GOODS] >= 25
    assert kinds[ProductKind.DISH] >= 20


def test_goods_have_a_stock_and_everything_a_sensible_price() -> None:
    for item in (item for menu in MENUS.values() for item in menu.items):
        assert item.kind is ProductKind.DISH or item.stock
        assert 10_00 <= item.price <= 1_500_00
        assert item.description or item.kind is ProductKind.GOODS


def test_an_outside_system_knows_every_product_by_one_id() -> None:
    ids = Counter(
        (row["account"], item.external_id)
        for slug, row in RESTAURANTS.items()
        if row["account"]
        for item in MENUS[slug].items
    )

    assert max(ids.values()) == 1
    assert all(number for _, number in ids)
    assert all(number.isdigit() for account, number in ids if account == "demo-poster" and number)


def test_a_restaurant_belongs_to_a_kitchen_account_or_to_its_own_board() -> None:
    places = Counter((row["account"], row["location"]) for row in RESTAURANTS.values())
    own_board = places.pop((None, None))

    assert own_board >= 1
    assert max(places.values()) == 1
    assert all(ACCOUNTS[account]["port"] == "kitchen" for account, _ in places)
    assert [account for account, _ in places].count("demo-poster") >= 3
    assert RESTAURANTS["silpo"]["account"] == "demo-silpo"


@pytest.mark.parametrize("slug", RESTAURANTS)
def test_a_restaurant_is_in_kyiv_and_keeps_readable_hours(slug: str) -> None:
    row = RESTAURANTS[slug]

    assert is_in_kyiv(row)
    assert (row["time_zone"], row["currency"]) == ("Europe/Kyiv", "UAH")
    assert row["phone"].startswith("+38044")
    assert any(hours(slug).week)


def test_somebody_cooks_at_any_hour() -> None:
    tireless = {slug for slug in RESTAURANTS if never_closes(slug)}

    assert {"silpo", "pyzata-khata"} < tireless
    assert len(tireless) >= 4
    assert len(tireless) < len(RESTAURANTS)


def test_the_demo_people_are_those_of_the_readme() -> None:
    assert set(PEOPLE) == {"admin", "manager", "customer", "facility", "approver"} | {
        f"driver{number}" for number in range(1, 6)
    }
    for name, row in PEOPLE.items():
        assert row["email"] == f"{name}@demo.catering.test"
        assert row["role"] != "DRIVER" or (row["vehicle"] and is_in_kyiv(row))


@pytest.mark.parametrize(
    "row", [*PEOPLE.values(), *RESTAURANTS.values()], ids=lambda row: row["phone"]
)
def test_a_demo_phone_could_be_dialled(row: dict[str, Any]) -> None:
    number = phonenumbers.parse(row["phone"])

    assert phonenumbers.is_valid_number(number)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == row["phone"]


def test_every_account_says_where_and_how_to_connect() -> None:
    assert {row["port"] for row in ACCOUNTS.values()} == {"kitchen", "courier", "payment"}
    for row in ACCOUNTS.values():
        assert row["path"].startswith("/")
        assert row["credentials"]
        assert (row["webhook_key"] is None) is (row["webhook_secrets"] == [])
