"""Children started in order, started again when they die, and ended in the reverse order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from catering.embedded.serving import reason
from catering.supervising.children import Child, Life
from catering.supervising.stopping import Wish
from catering.supervising.telling import Teller

BEAT = 0.05


class Household:
    """Call `look_after` again and again; nothing happens by itself.

    Stays in the main thread: Linux ties children to the thread that started them.
    """

    def __init__(
        self, children: Iterable[Child], environment: Mapping[str, str], teller: Teller
    ) -> None:
        self._teller = teller
        self._lives = [Life(child, environment, teller) for child in children]

    def start(self) -> None:
        for life in self._lives:
            life.launch()

    def pids(self) -> dict[str, int]:
        """The processes that live now, by name."""
        alive = [life for life in self._lives if life.status() is None]
        return {life.child.name: life.process.pid for life in alive if life.process}

    def look_after(self, seconds: float = BEAT) -> None:
        """Print what the children say for that long, then start again who died and is due."""
        self._teller.relay(seconds)
        for life in self._lives:
            self._mind(life)

    def end(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """End all of them, role by role; who outlasts his patience, or our hurry, is killed.

        How they end is not looked at: uvicorn ends itself with the signal that it was sent.
        """
        for _, lives in groupby(reversed(self._lives), key=lambda life: life.child.role):
            self._end(list(lives), hurry)
        self._teller.relay(0)

    def _mind(self, life: Life) -> None:
        status = life.status()
        if status is None:
            return
        if life.due is None:
            life.mourn()
            self._teller.say_beside(f"{life.child.name} died ({reason(status)}); started again")
        if life.due is not None and time.monotonic() >= life.due:
            life.launch()

    def _end(self, lives: list[Life], hurry: Callable[[], bool]) -> None:
        for life in lives:
            life.send(signal.SIGTERM)
        asked = time.monotonic()
        while alive := [life for life in lives if life.process and life.status() is None]:
            for life in alive:
                if hurry() or time.monotonic() - asked > life.child.patience:
                    self._teller.say_beside(f"{life.child.name} does not end; killed")
                    life.send(signal.SIGKILL)
                    life.wait()
            self._teller.relay(BEAT)


def finish(child: Child, environment: Mapping[str, str], teller: Teller, wish: Wish) -> int:
    """Run a child that ends by itself; its exit status. A wish to stop ends it sooner."""
    life = Life(child, environment, teller)
    life.launch()
    while (status := life.status()) is None:
        if wish.stop():
            life.send(signal.SIGTERM)
        teller.relay(BEAT)
    teller.relay(BEAT)
    return status
