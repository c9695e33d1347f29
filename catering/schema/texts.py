"""What text can be: PostgreSQL keeps no NUL, and half a surrogate pair is no character."""

from __future__ import annotations

import re
from typing import Any, Final

_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


def is_keepable(value: Any) -> bool:
    """Whether all text in this value, however deep, could be stored."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text) if _UNKEEPABLE.search(text):
                return False
            case dict() as members:
                waiting += members.values()
            case list() as members:
                waiting += members
    return True
