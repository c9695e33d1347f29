"""What to order: something cheap that is there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from catering.walk.ending import Failed


def basket(restaurant: dict[str, Any], count: int = 2) -> list[dict[str, Any]]:
    """The cheapest products of a menu that can be had, those without a limit first."""
    products = sorted(_available(restaurant), key=_reluctance)[:count]
    if len(products) < count:
        raise Failed(f"{restaurant['name']} has fewer than {count} products to sell just now.")
    return products


def _available(restaurant: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for category in restaurant["menu"]:
        for product in category["products"]:
            if product["availability"] in ("AVAILABLE", "LIMITED"):
                yield product


def _reluctance(product: dict[str, Any]) -> tuple[bool, Decimal, str]:
    limited = product["availability"] == "LIMITED"
    return limited, Decimal(product["price"]["amount"]), product["id"]
