"""Menus as schema.org JSON-LD, in a file of their own or inside a web page."""

import json
import re
from collections.abc import Iterator
from typing import Any

from catering.domain.menu_files.drafts import Draft, Entry, WrittenChoice, WrittenGroup, tidy
from catering.domain.menu_files.results import Field, Problem
from catering.domain.products import ProductKind

DEEPEST = 10
ADD_ONS = "Add-ons"
SCRIPT = re.compile(
    r"<script\b[^<>]*application/ld\+json[^<>]*>(.*?)</script", re.DOTALL | re.IGNORECASE
)
NO_MENU = 'There is no schema.org menu. It is an object with "@type": "Menu" and "hasMenuSection".'

Node = dict[str, Any]
Path = tuple[str, ...]


def draft(text: str) -> Draft:
    """The entries of a JSON-LD file: a Menu, alone or inside anything else."""
    found = Draft()
    _read(text, 1, found)
    return _or_no_menu(found)


def draft_of_page(text: str) -> Draft:
    """The entries of all the JSON-LD that a web page carries."""
    found = Draft()
    for script in SCRIPT.finditer(text):
        _read(script[1], 1 + text.count("\n", 0, script.start(1)), found)
    return _or_no_menu(found)


def _or_no_menu(found: Draft) -> Draft:
    if not found.entries and not found.problems:
        found.trouble(NO_MENU)
    return found


def _read(text: str, first_line: int, found: Draft) -> None:
    try:
        document = json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        found.trouble(f"This is not JSON: {error.msg}. Check quotes and commas.", line=line)
    except RecursionError:
        found.trouble("The JSON is nested too deeply to be a menu.", line=first_line)
    else:
        for menu in _menus(document):
            category = _text(menu.get("name")) or "Menu"
            _walk(menu, (), (category,), found)


def _menus(document: object) -> Iterator[Node]:
    """Every Menu of a document, in order, whether in an array, a graph or a restaurant."""
    waiting = [document]
    while waiting:
        match waiting.pop():
            case list() as nodes:
                waiting += reversed(nodes)
            case dict() as node if "Menu" in _types(node):
                yield node
            case dict() as node:
                waiting += reversed(list(node.values()))


def _walk(node: Node, place: Path, categories: Path, found: Draft) -> None:
    """Add what a menu or a section holds: first its items, then its sections."""
    if len(place) > DEEPEST:
        message = f"Sections are nested more than {DEEPEST} deep. Flatten them."
        found.problems.append(Problem(0, _where(place), None, message))
        return
    for number, item in enumerate(_nodes(node.get("hasMenuItem")), 1):
        where = _where((*place, f"item {number}"))
        _add(item, where, " › ".join(categories), found)
    for number, section in enumerate(_nodes(node.get("hasMenuSection")), 1):
        name = _text(section.get("name"))
        step = f"section '{name}'" if name else f"section {number}"
        inside = (*categories, name) if place else (name or categories[0],)
        _walk(section, (*place, step), tuple(filter(None, inside)), found)


def _where(place: Path) -> str:
    path = " › ".join(place)
    return path[:1].upper() + path[1:]


def _add(item: Node, where: str, category: str, found: Draft) -> None:
    offers = _offers(item) or [item]
    prices = [_price(offer) for offer in offers]
    variants = _variants(offers)
    if len(set(prices)) > 1 and variants is None:
        message = f"It has {len(prices)} prices; the first, {tidy(prices[0])}, was taken."
        found.notes.append(Problem(0, where, Field.PRICE, message))
    texts = {
        Field.CATEGORY: category,
        Field.NAME: _text(item.get("name")),
        Field.DESCRIPTION: _text(item.get("description")),
        Field.PRICE: prices[0],
        Field.CURRENCY: _stated("priceCurrency", offers[0]),
        Field.KIND: ProductKind.GOODS if "Product" in _types(item) else ProductKind.DISH,
        Field.STOCK: _stock(offers[0]),
        Field.PHOTO: _text(item.get("image"), "url", "contentUrl", "@id"),
        Field.EXTERNAL_ID: _text(item.get("sku")) or _text(item.get("identifier"), "value"),
    }
    found.entries.append(Entry(0, where, texts, variants, _groups(item, offers)))


def _offers(item: Node) -> list[Node]:
    """The offers of an item, those in an AggregateOffer, too."""
    stated = _nodes(item.get("offers"))
    return [one for offer in stated for one in _nodes(offer.get("offers")) or [offer]]


def _variants(offers: list[Node]) -> tuple[WrittenChoice, ...] | None:
    """Several offers with names of their own are sizes or kinds; without, nobody can choose."""
    choices = tuple(_choice(offer) for offer in offers)
    return choices if len(choices) > 1 and all(one.name for one in choices) else None


def _groups(item: Node, offers: list[Node]) -> tuple[WrittenGroup, ...] | None:
    """What can be added: a section is a group, and what stands alone is one together."""
    added = _nodes(item.get("menuAddOn"))
    sections = [node for node in added if "MenuSection" in _types(node)]
    alone = [node for node in added if "MenuSection" not in _types(node)]
    alone += [node for offer in offers for node in _nodes(offer.get("addOn"))]
    groups = [
        WrittenGroup(tidy(_text(section.get("name"))) or ADD_ONS, _choices(section))
        for section in sections
    ]
    if alone:
        groups.append(WrittenGroup(ADD_ONS, tuple(_choice(node) for node in alone)))
    return tuple(groups) if groups else None


def _choices(section: Node) -> tuple[WrittenChoice, ...]:
    return tuple(_choice(node) for node in _nodes(section.get("hasMenuItem")))


def _choice(node: Node) -> WrittenChoice:
    """A menu item with its first offer, or an offer with the item that it is of."""
    offer = next(iter(_offers(node)), node)
    of = next(iter(_nodes(node.get("itemOffered"))), {})
    name = _text(node.get("name")) or _text(of.get("name"))
    id = _text(node.get("sku")) or _text(node.get("identifier"), "value") or _text(of.get("sku"))
    currency = _stated("priceCurrency", offer)
    return WrittenChoice(tidy(name), tidy(_price(offer)), 1, tidy(id), currency.strip() or None)


def _price(offer: Node) -> str:
    return _stated("price", offer) or _text(offer.get("lowPrice"))


def _stated(key: str, offer: Node) -> str:
    """What an offer states itself, or in its price specification."""
    specifications = _nodes(offer.get("priceSpecification"))
    return next(filter(None, (_text(node.get(key)) for node in (offer, *specifications))), "")


def _stock(offer: Node) -> str:
    return _text(offer.get("inventoryLevel"), "value")


def _types(node: Node) -> set[str]:
    """The types of a node, without the address of the vocabulary."""
    stated = node.get("@type")
    types = stated if isinstance(stated, list) else [stated]
    return {re.split("[/:#]", name)[-1] for name in types if isinstance(name, str)}


def _nodes(value: object) -> list[Node]:
    many = value if isinstance(value, list) else [value]
    return [node for node in many if isinstance(node, dict)]


def _text(value: object, *keys: str) -> str:
    """The first text in a value: itself, one of a list, or under one of the keys of an object."""
    match value:
        case str():
            return value
        case list():
            return next((node for node in value if isinstance(node, str)), "") or next(
                filter(None, (_text(node, *keys) for node in _nodes(value))), ""
            )
        case dict():
            texts = (value.get(key) for key in (*keys, "@value"))
            return next((text for text in texts if isinstance(text, str) and text), "")
        case _:
            return ""
