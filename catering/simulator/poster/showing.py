"""Poster's shapes: numbers in one answer, the same numbers as text in the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from catering.simulator.catalog import Item
from catering.simulator.poster.orders import CLOSED, Bill, Order

ABSENT = ("first_name", "last_name", "phone", "email", "sex", "birthday", "address", "comment")


def order_shown(order: Order, zone: ZoneInfo) -> dict[str, Any]:
    """One order, with numbers as numbers."""
    return {
        "incoming_order_id": order.order_id,
        "type": 1,
        "spot_id": order.body["spot_id"],
        "status": order.status,
        "client_id": order.body.get("client_id") or 0,
        **{name: order.body.get(name) for name in ABSENT},
        "created_at": _local(order.created, zone),
        "updated_at": _local(order.updated, zone),
        "transaction_id": order.bill.transaction_id if order.bill else None,
        "fiscal_spreading": 0,
        "fiscal_method": "",
        "products": [
            _line_shown(order, position, line, zone)
            for position, line in enumerate(order.body["products"], start=1)
        ],
    }


def order_listed(order: Order, zone: ZoneInfo) -> dict[str, Any]:
    """The same order as lists tell it: identifiers as text, counts with five decimals."""
    shown = order_shown(order, zone)
    for name in ("incoming_order_id", "type", "spot_id", "fiscal_spreading", "transaction_id"):
        shown[name] = None if shown[name] is None else str(shown[name])
    for line in shown["products"]:
        line["count"] = f"{line['count']:.5f}"
        line["product_id"] = str(line["product_id"])
    return shown


def bill_shown(order: Order, bill: Bill, zone: ZoneInfo) -> dict[str, Any]:
    """A bill. All scalars are text; instants are milliseconds, except the one that is not."""
    paid = str(order.total) if bill.status == CLOSED else "0"
    return {
        "transaction_id": str(bill.transaction_id),
        "date_start": _milliseconds(bill.opened),
        "date_close": _milliseconds(bill.closed) if bill.closed else "0",
        "date_close_date": _local(bill.closed, zone) if bill.closed else "0000-00-00 00:00:00",
        "status": str(bill.status),
        "guests_count": "1",
        "discount": "0",
        "pay_type": "2" if bill.status == CLOSED else "0",
        "payed_card": paid,
        "payed_cash": "0",
        "payed_sum": paid,
        "sum": str(order.total),
        "spot_id": str(order.body["spot_id"]),
        "table_id": "0",
        "name": "Каса",
        "user_id": "1",
        "client_id": "0",
        "transaction_comment": order.body.get("comment"),
        "reason": "",
    }


def product_shown(item: Item, spots: tuple[int, ...]) -> dict[str, Any]:
    price, visible = str(item.price), "1" if item.suffices(1) else "0"
    return {
        "product_id": item.sku,
        "product_name": item.name,
        "product_code": "",
        "barcode": "",
        "category_name": "Меню",
        "menu_category_id": "1",
        "unit": "",
        "cost": "0",
        "type": "2",
        "hidden": "0",
        "weight_flag": "0",
        "sort_order": "999",
        "workshop": "1",
        "spots": [
            {"spot_id": str(spot), "price": price, "profit": price, "visible": visible}
            for spot in spots
        ],
        "cooking_time": "0",
        "out": 0,
    }


def _line_shown(
    order: Order, position: int, line: dict[str, Any], zone: ZoneInfo
) -> dict[str, Any]:
    return {
        "io_product_id": order.order_id * 100 + position,
        "product_id": line["product_id"],
        "modificator_id": None,
        "incoming_order_id": order.order_id,
        "count": line["count"],
        "price": line["price"],
        "created_at": _local(order.created, zone),
    }


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _milliseconds(instant: datetime) -> str:
    return str(int(instant.timestamp() * 1000))
