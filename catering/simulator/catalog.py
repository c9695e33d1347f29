"""What the simulated restaurants sell, and whether there is any left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

OPEN_KITCHEN = "open-kitchen"
POSTER = "poster"


@dataclass(slots=True)
class Item:
    """`price` is in kopecks; `stock` None means that nobody counts."""

    sku: str
    name: str
    price: int
    available: bool = True
    stock: int | None = None

    @property
    def left(self) -> int | None:
        return self.stock if self.available else 0

    def suffices(self, quantity: float) -> bool:
        return self.available and (self.stock is None or self.stock >= quantity)


class Catalog:
    """The items of every restaurant, by provider and SKU."""

    def __init__(self, rows: Iterable[tuple[str, str, str, int]], *, sells_anything: bool) -> None:
        self._items: dict[str, dict[str, Item]] = {OPEN_KITCHEN: {}, POSTER: {}}
        self._listeners: list[Callable[[str, Item], None]] = []
        self._sells_anything = sells_anything
        for provider, sku, name, price in rows:
            self._items[provider][sku] = Item(sku, name, price)

    def serves(self, provider: str) -> bool:
        return provider in self._items

    def of(self, provider: str) -> list[Item]:
        return list(self._items[provider].values())

    def find(self, provider: str, sku: str) -> Item | None:
        return self._items[provider].get(sku)

    def asked_for(self, provider: str, sku: str, name: str, price: int) -> Item | None:
        """The item that an order names; None if it is not sold."""
        if self._sells_anything:
            self._items[provider].setdefault(sku, Item(sku, name, price))
        return self.find(provider, sku)

    def listen(self, listener: Callable[[str, Item], None]) -> None:
        self._listeners.append(listener)

    def put(self, provider: str, item: Item) -> None:
        """Sell an item from now on, or sell it differently."""
        self._items[provider][item.sku] = item
        for listener in self._listeners:
            listener(provider, item)

    def take(self, provider: str, sku: str, quantity: int) -> None:
        """Count `quantity` out of what is left; negative puts it back."""
        item = self.find(provider, sku)
        if item and item.stock is not None:
            item.stock -= quantity
