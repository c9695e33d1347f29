"""The demo data as it lies in the files beside this module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from catering.domain import menu_files
from catering.domain.menu_files import MenuFile

DATA: Final = Path(__file__).parent / "data"
PASSWORD: Final = "catering-demo"  # noqa: S105 - everybody may know it

Row = dict[str, Any]


def accounts() -> list[Row]:
    """The connections to the simulated outside systems."""
    return _rows("accounts")


def restaurants() -> list[Row]:
    """The restaurants, each with the name of its account, if it has one."""
    return _rows("restaurants")


def people() -> list[Row]:
    """Everybody who can sign in, and last the staff: one person a restaurant."""
    return [*_rows("people"), *(_cook(row) for row in restaurants())]


def organisations() -> list[Row]:
    """Who orders for sites, with their members by name."""
    return _rows("organisations")


def menu(slug: str, currency: str) -> MenuFile:
    """What a restaurant sells."""
    (file,) = (DATA / "menus").glob(f"{slug}.*")
    return menu_files.read(file.read_text(encoding="utf-8"), file.name, currency=currency)


def extras() -> dict[str, Row]:
    """What menu files cannot say, by the slug of the restaurant."""
    told: dict[str, Row] = json.loads((DATA / "extras.json").read_text(encoding="utf-8"))
    return told


def _rows(name: str) -> list[Row]:
    rows: list[Row] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def _cook(restaurant: Row) -> Row:
    return {
        "name": restaurant["slug"],
        "role": "RESTAURANT",
        "email": f"{restaurant['slug']}@demo.catering.test",
        "display_name": restaurant["name"],
        "phone": restaurant["phone"],
        "restaurant": restaurant["slug"],
    }
