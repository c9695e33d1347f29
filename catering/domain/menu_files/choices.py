"""Variants and modifiers of a product, as a cell of a spreadsheet or another format says them.

    variants    350 ml [7] = 120; 500 ml = 150
    modifiers   Bread (1): Rye = 0; Bun = 5 | Extras (0-3): Cream x2 = 10.50; Garlic = 5

In brackets is what the restaurant's own system calls it, behind an x how many of it one portion may
have, in parentheses how many of the group have to be chosen: at least and at most, or just so many.
A group that says nothing of it may be left out, and has of each what the portion may have.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from catering.domain.choices import Offered, OfferedGroup, list_faults
from catering.domain.menu_files import prices
from catering.domain.menu_files.drafts import Entry, Unreadable, WrittenChoice, WrittenGroup, shown
from catering.domain.menu_files.results import Field

LIKE_VARIANTS = "Write it like 350 ml = 120; 500 ml = 150."
LIKE_MODIFIERS = "Write it like Bread (1): Rye = 0; Bun = 5 | Extras (0-3): Cream x2 = 10.50."

CHOICE = re.compile(
    r"(?P<name>[^=\[\]]+?)\s*(?:\[(?P<id>[^=\[\]]+)\]\s*)?"
    r"(?:\s[x×х](?P<most>[0-9]{1,3})\s*)?=(?P<price>[^=]+)"
)
GROUP = re.compile(
    r"(?P<name>[^():]+?)\s*(?:\(\s*(?P<least>[0-9]{1,3})\s*(?:[-–]\s*(?P<most>[0-9]{1,3})\s*)?\)\s*)?"
    r":(?P<choices>.*)"
)

One = TypeVar("One", Offered, OfferedGroup)


def variants(entry: Entry, currency: str) -> tuple[Offered, ...] | None:
    """The variants of an entry; None where it says nothing of any. Raises `Unreadable`."""
    written = entry.variants
    if written is None and Field.VARIANTS in entry.texts:
        written = tuple(_each(entry.text(Field.VARIANTS), ";", _choice, LIKE_VARIANTS))
    if written is None:
        return None
    return _good([_offered(one, currency) for one in written], currency)


def groups(entry: Entry, currency: str) -> tuple[OfferedGroup, ...] | None:
    """The groups of modifiers of an entry; None where it says nothing of any. Raises
    `Unreadable`."""
    written = entry.groups
    if written is None and Field.MODIFIERS in entry.texts:
        written = tuple(_each(entry.text(Field.MODIFIERS), "|", _group, LIKE_MODIFIERS))
    if written is None:
        return None
    return _good([_offered_group(one, currency) for one in written], currency)


Written = TypeVar("Written", WrittenChoice, WrittenGroup)


def _each(
    text: str, separator: str, read: Callable[[str], Written | None], like: str
) -> Iterator[Written]:
    for part in filter(None, (part.strip() for part in text.split(separator))):
        written = read(part)
        if written is None:
            raise Unreadable(f"{shown(part)} cannot be read. {like}")
        yield written


def _choice(text: str) -> WrittenChoice | None:
    match = CHOICE.fullmatch(text)
    if match is None:
        return None
    return WrittenChoice(
        match["name"].strip(), match["price"].strip(), int(match["most"] or 1),
        match["id"] and match["id"].strip(),
    )  # fmt: skip


def _group(text: str) -> WrittenGroup | None:
    match = GROUP.fullmatch(text)
    if match is None:
        return None
    inside = tuple(_each(match["choices"], ";", _choice, LIKE_MODIFIERS))
    least, most = match["least"], match["most"] or match["least"]
    return WrittenGroup(
        match["name"].strip(), inside, int(least) if least else 0, int(most) if most else None
    )


def _offered(one: WrittenChoice, currency: str) -> Offered:
    try:
        price = prices.price(one.price)
    except Unreadable as reason:
        raise Unreadable(f"{shown(one.name)}: {reason}") from None
    stated = one.currency or price.currency or currency
    return Offered(one.name, (price.amount, stated), one.most, one.external_id or None)


def _offered_group(group: WrittenGroup, currency: str) -> OfferedGroup:
    inside = tuple(_offered(one, currency) for one in group.choices)
    most = sum(one.most for one in inside) if group.maximum is None else group.maximum
    return OfferedGroup(group.name, group.minimum, most, inside)


def _good(offered: Sequence[One], currency: str) -> tuple[One, ...]:
    wrong = list[str]()
    for fault in list_faults(offered, currency):
        about = f"{shown(offered[int(fault.path[0])].name)}: " if fault.path else ""
        wrong.append(about + fault.message)
    if wrong:
        raise Unreadable(" ".join(wrong))
    return tuple(offered)
