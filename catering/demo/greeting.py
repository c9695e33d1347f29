"""What to try first: who one can be, an order to copy and paste, and the walk."""

from __future__ import annotations

from typing import Final

from catering.settings import Settings

from . import reading

SIGN_IN: Final = """\
token=$(curl -sS %(api)s -H 'content-type: application/json' -d '{
  "query": "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }",
  "variables": {"input": {"email": "%(email)s", "password": "%(password)s"}}
}' | python3 -c 'import json, sys
print(json.load(sys.stdin)["data"]["signIn"]["session"]["accessToken"])')
"""

ORDER: Final = """\
curl -sS %(api)s -H 'content-type: application/json' -H "authorization: Bearer $token" -d '{
  "query": "query($one: RestaurantBy!, $two: RestaurantBy!) { \
one: restaurant(by: $one) { ...Menu } two: restaurant(by: $two) { ...Menu } } \
fragment Menu on Restaurant { menu { products { id availability } } }",
  "variables": {"one": {"slug": "%(one)s"}, "two": {"slug": "%(two)s"}}
}' | python3 -c 'import json, sys, uuid
menus = [kitchen["menu"] for kitchen in json.load(sys.stdin)["data"].values()]
print(json.dumps({
  "query": "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { \
order { id number status total { amount currency } \
tickets { status restaurant { name } lines { name quantity } } } \
errors { ... on UserError { code message path } } } }",
  "variables": {"input": {
    "lines": [{"quantity": 1, "productId": next(
      product["id"] for category in menu for product in category["products"]
      if product["availability"] in {"AVAILABLE", "LIMITED"})} for menu in menus],
    "destination": {"line": "%(address_line)s",
      "location": {"latitude": %(latitude)s, "longitude": %(longitude)s}},
    "contactPhone": "%(phone)s", "paymentMethod": "CASH", "idempotencyKey": str(uuid.uuid4())
  }}}))' |
curl -sS %(api)s -H 'content-type: application/json' -H "authorization: Bearer $token" -d @- |
python3 -m json.tool --no-ensure-ascii
"""

KITCHENS: Final = ("pyzata-khata", "silpo")
"""Both are open at any hour, and reached through different systems."""


def lines(settings: Settings) -> list[str]:
    """The demo accounts, an order for `bash` with `curl` and `python3`, and the walk."""
    return [
        *_accounts(),
        "",
        "  An order at two restaurants, to paste into another shell; GraphiQL shows the rest:",
        "",
        *order(settings),
        "",
        "  The same from basket to door:  .venv/bin/catering walk",
        "",
    ]


def order(settings: Settings) -> list[str]:
    """The commands alone: sign in as a customer, look the menus up, place an order."""
    (customer,) = (person for person in reading.people() if person["name"] == "customer")
    facts = customer | {
        "api": f"http://127.0.0.1:{settings.port}/graphql",
        "password": reading.PASSWORD,
        "one": KITCHENS[0],
        "two": KITCHENS[1],
    }
    return [line for text in (SIGN_IN, ORDER) for line in (text % facts).splitlines()]


def _accounts() -> list[str]:
    names = dict[str, list[str]]()
    for person in reading.people():
        names.setdefault(person["role"].lower(), []).append(person["name"] + "@")
    return [
        f"  Accounts    all at demo.catering.test, password {reading.PASSWORD}",
        *(f"    {role:<12}{' '.join(there)}" for role, there in names.items()),
    ]
