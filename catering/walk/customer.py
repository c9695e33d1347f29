"""The customer: chooses, orders, watches, and opens the door."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from catering.walk.choosing import basket
from catering.walk.comparing import Step
from catering.walk.ending import Failed
from catering.walk.listening import Event, Feed
from catering.walk.noticing import carried_by, news
from catering.walk.person import Person
from catering.walk.stage import Stage
from catering.walk.telling import Part, at_clock

PHONE: Final = "+380671234567"
DOOR: Final = {
    "line": "вул. Антоновича, 50, Київ",
    "location": {"latitude": 50.4318, "longitude": 30.5137},
}
CASH: Final = {"paymentMethod": "CASH"}
CARD: Final = {"paymentMethod": "CARD", "paymentToken": "tok_visa"}


class Customer:
    """Orders dishes of several restaurants to one door."""

    def __init__(self, person: Person, stage: Stage, *, card: bool) -> None:
        self.person, self._stage = person, stage
        self._pays = CARD if card else CASH
        self.since: int | None = None
        self.live = list[Step]()
        self.moments = dict[str, str]()
        """When each kind of thing was seen to happen first."""
        self.carried_by: str | None = None

    async def register(self) -> None:
        await self.person.register("RegisterCustomer", phone=PHONE)
        self.person.tells("registers")

    async def choose(self, slug: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A restaurant, and what to order from it."""
        restaurant = await self.person.ask("Menu", slug=slug)
        if restaurant is None:
            raise Failed(f"There is no restaurant {slug}; start with demo data: `make run`.")
        chosen = basket(restaurant)
        names = ", ".join(product["name"] for product in chosen)
        self.person.tells(f"reads the menu of {restaurant['name']}, takes {names}")
        return restaurant, chosen

    async def order(self, products: list[dict[str, Any]]) -> None:
        """Ask for the price, order at that price, and order again as if no answer had come."""
        lines = [{"productId": product["id"], "quantity": 1} for product in products]
        quote = (await self.person.do("OrderQuote", lines=lines, destination=DOOR))["quote"]
        total = quote["total"]
        self.person.tells(
            f"is quoted {_money(total)}, at the door {at_clock(quote['estimatedAt'])}"
        )
        wish = {
            "lines": lines, "destination": DOOR, "contactPhone": PHONE, "expectedTotal": total,
            "idempotencyKey": str(uuid4()), **self._pays,
        }  # fmt: skip
        order = (await self.person.do("PlaceOrder", **wish))["order"]
        self.person.tells(f"orders: number {order['number']}, {len(order['tickets'])} kitchens")
        await self._stage.place(order)
        again = (await self.person.do("PlaceOrder", **wish))["order"]
        if again["id"] != order["id"]:
            raise Failed(f"Sent twice, the order was placed twice: {order['id']}, {again['id']}.")
        self.person.tells("sends the same order again: it is the same order")

    def watch(self, order_id: str) -> Feed:
        """The live screen of the order."""
        return self.person.follow("OrderFollowed", self._hear, id=order_id)

    def track(self, delivery_id: str) -> Feed:
        """The courier on the map."""
        return self.person.follow("DeliveryTracked", self._see, id=delivery_id)

    async def pin(self) -> str:
        """What the customer says at the door."""
        order = await self._stage.placed()
        pin: str = (await self.person.ask("Pin", id=order["id"]))["pin"]
        self.person.tells(f"says the PIN: {pin}")
        return pin

    async def delivery_id(self) -> str | None:
        """By what carries the order, asked anew."""
        order = await self._stage.placed()
        delivery = (await self.person.ask("OrderById", id=order["id"]))["delivery"]
        return delivery["id"] if delivery else None

    async def history(self) -> list[Step]:
        """All that happened to the order, as it was written down."""
        order, after, steps = await self._stage.placed(), None, list[Step]()
        while True:
            page = await self.person.ask("History", id=order["id"], after=after)
            steps += [Step.read(entry) for entry in page["history"]["nodes"]]
            after = page["history"]["pageInfo"]["endCursor"]
            if not page["history"]["pageInfo"]["hasNextPage"]:
                return steps

    async def _hear(self, event: Event) -> None:
        if event["kind"] == "PRESENT":
            self.since = int(event["position"])
        else:
            self.live.append(Step.read(event))
            self.moments.setdefault(event["kind"], event["occurredAt"])
        before, now = await self._stage.placed(), event["order"]
        self._tell(before, now)
        self._stage.tickets |= {ticket["id"]: ticket["status"] for ticket in now["tickets"]}
        await self._stage.show(now)

    def _tell(self, before: dict[str, Any], now: dict[str, Any]) -> None:
        if now["delivery"]:
            self.carried_by = carried_by(now["delivery"]) or self.carried_by
        for on_the_way, text in news(before, now):
            if on_the_way:
                self.person.timeline.tell(Part.DRIVER, self.carried_by or "delivery", text)
            else:
                self.person.tells(text)

    async def _see(self, event: Event) -> None:
        match event["__typename"]:
            case "PositionChanged":
                at = event["at"]
                where = f"{at['latitude']:.4f}, {at['longitude']:.4f}"
                coming = event["estimatedAt"]
                when = f", at the door {at_clock(coming)}" if coming else ""
                self.person.tells(f"sees the courier at {where}{when}")
            case "TrackingEnded":
                self.person.tells(f"sees the way end: {event['status']}")


def _money(money: dict[str, Any]) -> str:
    return f"{money['amount']} {money['currency']}"
