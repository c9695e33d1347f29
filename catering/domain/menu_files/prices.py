"""Prices as people write them: 129, 129.50, 129,50, ₴129, 1 299 грн."""

import re
from typing import NamedTuple

from catering.domain.menu_files.drafts import Unreadable, shown

HIGHEST = 10_000_000
LONGEST = 60
HOW = "Write it like 129 or 129.50."

CURRENCIES = {
    "₴": "UAH",
    "грн": "UAH",
    "гривень": "UAH",
    "гривні": "UAH",
    "гривня": "UAH",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "zł": "PLN",
    "zl": "PLN",
}

WRITTEN = re.compile(r"(?P<before>[^0-9.,+−-]*)(?P<number>[0-9.,+−-][0-9 .,]*)(?P<after>[^0-9]*)")
NUMBER = re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<cents>[0-9]+))?")
CODE = re.compile(r"[a-z]{3}")


class Price(NamedTuple):
    """An amount in minor units, and the currency written beside it, if any."""

    amount: int
    currency: str | None


def price(text: str) -> Price:
    """The price a text states; every currency here has two decimals."""
    if not text:
        raise Unreadable(f"The price is missing. {HOW}")
    written = WRITTEN.fullmatch(text) if len(text) <= LONGEST else None
    if written is None:
        raise Unreadable(f"{shown(text)} is not a price. {HOW}")
    return Price(_amount(written["number"], text), _beside(written, text))


def currency(text: str) -> str | None:
    """The ISO code of a currency written as a code, a sign or a word."""
    name = text.strip(" .").casefold()
    if not name:
        return None
    if name in CURRENCIES:
        return CURRENCIES[name]
    if CODE.fullmatch(name):
        return name.upper()
    raise Unreadable(f"{shown(text)} is not a currency. Write its code, like UAH.")


def _amount(number: str, text: str) -> int:
    if number[0] in "-−":
        raise Unreadable(f"{shown(text)} is below zero. {HOW}")
    digits = NUMBER.fullmatch(number.strip(" .,+"))
    if digits is None:
        raise Unreadable(f"{shown(text)} is not a price. {HOW}")
    return _minor_units(digits["whole"].replace(" ", ""), digits["cents"] or "", text)


def _minor_units(whole: str, cents: str, text: str) -> int:
    if len(cents) > 2:
        raise Unreadable(f"{shown(text)} has more than two decimals. {HOW} A thousand is 1000.")
    if len(whole) > 9 or (amount := int(whole + cents.ljust(2, "0"))) > HIGHEST:
        raise Unreadable(f"{shown(text)} is more than 100 000. Check the decimal point.")
    return amount


def _beside(written: re.Match[str], text: str) -> str | None:
    before, after = written["before"].strip(), written["after"].strip(" .")
    if before and after:
        raise Unreadable(f"{shown(text)} is not a price. {HOW}")
    try:
        return currency(before or after)
    except Unreadable:
        raise Unreadable(f"{shown(text)} is not a price. {HOW}") from None
