"""What a value must be. Each answers None when it is, and otherwise the rule it breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Check = Callable[[Any], str | None]

PHONE = re.compile(r"\+[1-9][0-9]{7,14}")


def text(limit: int) -> Check:
    rule = f"must be text of 1 to {limit} characters"
    return lambda value: None if isinstance(value, str) and 0 < len(value) <= limit else rule


def whole(low: int, high: int) -> Check:
    rule = f"must be an integer from {low} to {high}"
    return lambda value: None if type(value) is int and low <= value <= high else rule


def number(low: float, high: float) -> Check:
    rule = f"must be a number from {low:g} to {high:g}"
    return lambda value: None if type(value) in (int, float) and low <= value <= high else rule


def one_of(*words: str) -> Check:
    rule = f"must be one of {', '.join(words)}"
    return lambda value: None if value in words else rule


def phone(value: Any) -> str | None:
    good = isinstance(value, str) and PHONE.fullmatch(value)
    return None if good else "must be a phone number in E.164"


def moment(value: Any) -> str | None:
    return None if instant(value) else "must be an RFC 3339 instant with an offset"


def maybe(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def broken(values: Mapping[str, Any], rules: Mapping[str, Check], at: str = "") -> dict[str, str]:
    """Field → the rule that it breaks; an absent field is None. `at` goes before each name."""
    found = {f"{at}{name}": check(values.get(name)) for name, check in rules.items()}
    return {name: rule for name, rule in found.items() if rule}


def instant(value: Any) -> datetime | None:
    """The aware instant that this text says, if it does."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
