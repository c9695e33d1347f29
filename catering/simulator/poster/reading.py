"""What Poster makes of an incoming order, and the error codes it answers otherwise."""

from __future__ import annotations

import json
import re
from typing import Any

from catering.simulator.checks import broken, maybe, number, phone, text, whole

REFERENCE = re.compile(r"^\s*ref (\S+)", re.MULTILINE)
# Where Poster takes several languages for a number, it takes text as well.
NAMES = ("first_name", "last_name", "email", "address", "comment")


class Faulty(Exception):
    """One of Poster's errors: `{"error": {"code": …, "message": …}}`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


NO_TOKEN = (10, "Access token not specified")
WRONG_TOKEN = (11, "Access token is invalid")
NO_SUCH_ID = (32, "Entity with this id does not exist")


def reference(comment: str | None) -> str | None:
    """The platform's name for an order, which Poster itself knows nothing of."""
    found = REFERENCE.search(comment or "")
    return found[1] if found else None


def checked(order: dict[str, Any] | None, spots: tuple[int, ...], currency: str) -> dict[str, Any]:
    """The order, its numbers as numbers. Raises `Faulty`."""
    if order is None:
        raise Faulty(400, "The request body is not a JSON object")
    if _identity(order.get("spot_id")) not in spots:
        raise Faulty(60, "Location not found")
    _check(broken(order, {name: maybe(text(1000)) for name in NAMES}))
    if order.get("client_id") is None:
        _check(broken(order, {"phone": phone}))
    products = _products(order.get("products"))
    _check_payment(order.get("payment"), products, currency)
    return order | {"spot_id": _identity(order["spot_id"]), "products": products}


def _products(products: Any) -> list[dict[str, Any]]:
    if not isinstance(products, list) or not products:
        raise Faulty(34, "Incorrect property: products")
    return [_product(product) for product in products]


def _product(product: Any) -> dict[str, Any]:
    if not isinstance(product, dict):
        raise Faulty(34, "Incorrect property: products")
    identity = _identity(product.get("product_id"))
    if identity is None:
        raise Faulty(41, "Product not found")
    if not _is_modified_well(product):
        raise Faulty(42, "Modification not found")
    rules = {"count": number(0.001, 999), "price": maybe(whole(0, 100_000_000))}
    _check(broken(product, rules))
    return product | {"product_id": identity}


def _is_modified_well(product: dict[str, Any]) -> bool:
    """`modificator_id` names a variant; `modification` is a JSON text, a list of {m, a}."""
    variant, told = product.get("modificator_id"), product.get("modification")
    if variant is not None and _identity(variant) is None:
        return False
    if not told:
        return True
    try:
        added = json.loads(told)
    except (TypeError, ValueError):
        return False
    return isinstance(added, list) and all(
        isinstance(one, dict) and _identity(one.get("m")) and _identity(one.get("a"))
        for one in added
    )


def _check_payment(payment: Any, products: list[dict[str, Any]], currency: str) -> None:
    """A payment says all three of type, sum and currency; the sum is that of the products."""
    if payment is None:
        return
    if not isinstance(payment, dict):
        raise Faulty(34, "Incorrect property: payment")
    _check(broken(payment, {"type": whole(0, 1), "sum": whole(0, 1_000_000_000)}))
    if payment.get("currency") != currency:
        raise Faulty(4001, "Payment currency does not match the account currency")
    prices = [product.get("price") for product in products]
    if None not in prices and payment["sum"] != _sum(products):
        raise Faulty(88, "Payment sum does not match the order sum")


def _sum(products: list[dict[str, Any]]) -> int:
    return round(sum(float(product["price"] * product["count"]) for product in products))


def _identity(value: Any) -> int | None:
    return int(value) if re.fullmatch(r"[1-9][0-9]{0,8}", str(value)) else None


def _check(faulty: dict[str, str]) -> None:
    for name, rule in faulty.items():
        raise Faulty(34, f"Incorrect property: {name} {rule}")
