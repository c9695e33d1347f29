"""From texts to products: every entry becomes an item, or problems that say why not."""

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from catering.domain.menu_files import choices, prices
from catering.domain.menu_files.drafts import Draft, Entry, Unreadable, shown
from catering.domain.menu_files.results import Field, MenuFile, MenuItem, Problem
from catering.domain.products import ProductKind

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2_000
LONGEST_URL = 2_000

KINDS = {
    "": ProductKind.DISH,
    "dish": ProductKind.DISH,
    "страва": ProductKind.DISH,
    "goods": ProductKind.GOODS,
    "товар": ProductKind.GOODS,
}

STOCK = re.compile(r"([0-9]{1,9})(?:[.,]0+)?")


def checked(draft: Draft, *, currency: str) -> MenuFile:
    """The products of a draft that can be believed, priced in `currency`."""
    items: list[MenuItem] = []
    problems = list(draft.problems)
    seen: dict[Hashable, str] = {}
    for entry in draft.entries:
        item, wrong = _item(entry, currency)
        if item is not None:
            wrong = _repetition(entry, item, seen)
        if item is not None and not wrong:
            items.append(item)
        problems += wrong
    return MenuFile(tuple(items), tuple(sorted(problems, key=_line)), tuple(draft.notes))


def _line(problem: Problem) -> int:
    return problem.line


def _item(entry: Entry, currency: str) -> tuple[MenuItem | None, list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for field, read in READERS.items():
        try:
            values[field] = read(entry.text(field))
        except Unreadable as reason:
            problems.append(entry.problem(field, str(reason)))
    for field, choose in CHOOSERS.items():
        try:
            values[field] = choose(entry, currency)
        except Unreadable as reason:
            problems.append(entry.problem(field, str(reason)))
    problems += _wrong_currency(entry, values, currency)
    if problems:
        return None, problems
    amount, beside = values[Field.PRICE]
    item = MenuItem(line=entry.line, where=entry.where, **{**values, Field.PRICE: amount})
    return replace(item, currency=item.currency or beside), []


def _wrong_currency(entry: Entry, values: dict[str, Any], currency: str) -> Iterator[Problem]:
    _, beside = values.get(Field.PRICE, (0, None))
    for stated in {values.get(Field.CURRENCY), beside} - {None, currency}:
        message = f"The price is in {stated}; this restaurant sells in {currency}. Convert it."
        yield entry.problem(Field.PRICE, message)


def _repetition(entry: Entry, item: MenuItem, seen: dict[Hashable, str]) -> list[Problem]:
    product = (item.category.casefold(), item.name.casefold())
    for key, field, what in (
        (product, Field.NAME, f"{shown(item.name)} in {shown(item.category)}"),
        (item.external_id, Field.EXTERNAL_ID, f"The external id {shown(item.external_id or '')}"),
    ):
        if key is not None and seen.setdefault(key, entry.where) != entry.where:
            message = f"{what} was there before: {seen[key]}. Change or remove one of the two."
            return [entry.problem(field, message)]
    return []


def _category(text: str) -> str:
    if not text:
        raise Unreadable("The category is missing. Say where on the menu the product belongs.")
    return _at_most(LONGEST_NAME, text)


def _name(text: str) -> str:
    if not text:
        raise Unreadable("The name is missing. Say what the product is called.")
    return _at_most(LONGEST_NAME, text)


def _description(text: str) -> str | None:
    return _at_most(LONGEST_DESCRIPTION, text) or None


def _external_id(text: str) -> str | None:
    return _at_most(LONGEST_NAME, text) or None


def _kind(text: str) -> ProductKind:
    try:
        return KINDS[text.casefold()]
    except KeyError:
        raise Unreadable(f"{shown(text)} is not a kind. Write DISH or GOODS.") from None


def _stock(text: str) -> int | None:
    if not text:
        return None
    if number := STOCK.fullmatch(text):
        return int(number[1])
    raise Unreadable(f"{shown(text)} is not a stock. Write a whole number, 0 or more, or nothing.")


def _photo(text: str) -> str | None:
    if text and not _is_web_address(text):
        raise Unreadable(f"{shown(text)} is not a photo. Write its full address, https://…")
    return text or None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        known_host = bool(parts.hostname)
    except ValueError:
        return False
    fits = len(text) <= LONGEST_URL and " " not in text
    return parts.scheme in {"http", "https"} and known_host and fits


def _at_most(longest: int, text: str) -> str:
    if len(text) > longest:
        raise Unreadable(f"{len(text)} characters are too many. Use at most {longest}.")
    return text


READERS: dict[Field, Callable[[str], object]] = {
    Field.CATEGORY: _category,
    Field.NAME: _name,
    Field.DESCRIPTION: _description,
    Field.PRICE: prices.price,
    Field.CURRENCY: prices.currency,
    Field.KIND: _kind,
    Field.STOCK: _stock,
    Field.PHOTO: _photo,
    Field.EXTERNAL_ID: _external_id,
}

CHOOSERS: dict[Field, Callable[[Entry, str], object]] = {
    Field.VARIANTS: choices.variants,
    Field.MODIFIERS: choices.groups,
}
