"""Which function does which kind of task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .tasks import Claim

if TYPE_CHECKING:
    from .runtime import Runtime

Do = Callable[["Runtime", Claim], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of task is done, how often at most, and how long one try may take."""

    do: Do
    attempts: int
    deadline: timedelta


HANDLERS: dict[str, Handler] = {}


class TryAgain(Exception):
    """Nothing is decided yet: the task has to be tried again, `after` a while."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


def handles(kind: str, *, attempts: int = 20, seconds: float = 25) -> Callable[[Do], Do]:
    """The function below does this kind of task. It must be safe to run twice."""

    def register(do: Do) -> Do:
        HANDLERS[kind] = Handler(do, attempts, timedelta(seconds=seconds))
        return do

    return register
