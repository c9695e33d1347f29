"""The ways in which a walk ends early.

Failed
├── Unreachable
└── Refused
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Failed(Exception):
    """The walk cannot go on; the message is the reason, in one sentence."""


class Unreachable(Failed):
    """Nobody answers at the address."""


class Refused(Failed):
    """The instance answered with refusals."""

    def __init__(self, who: str, operation: str, errors: Sequence[dict[str, Any]]) -> None:
        told = "; ".join(f"{error['message']} ({error['code']})" for error in errors)
        super().__init__(f"{who} was refused {operation}: {told}")
        self.codes = {error["code"] for error in errors}


def failures(group: BaseExceptionGroup[BaseException]) -> Iterator[Failed]:
    """The reasons in a group of exceptions, however deep they lie."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from failures(error)
        elif isinstance(error, Failed):
            yield error
