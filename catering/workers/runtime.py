"""What a worker has: the database, the ways out to providers, and the running of one task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from catering.changes import Nowhere, Whereabouts
from catering.crashing import crash_point
from catering.database import Transaction, is_passing
from catering.domain.archiving import ARCHIVE_AFTER, HISTORY
from catering.domain.breakers import Standing
from catering.models import TaskState
from catering.providers import guarding, registry
from catering.providers.accounts import Account
from catering.providers.calling import Client
from catering.providers.guarding import Lines, Try
from catering.providers.mail import Logged, Mail
from catering.providers.paying import PaymentCompany
from catering.providers.ports import Courier, Kitchen
from catering.providers.roads import Roads, StraightLines
from catering.services import accounts, orders, waiting

from . import ringing, tasks
from .handling import HANDLERS, Handler, TryAgain
from .tasks import LEASE, Claim, LostTask
from .watched import watched

log = logging.getLogger(__name__)

MOVES_ORDERS = frozenset({"submit_ticket", "book_courier", "make_charge"})
"""While one of these waits for a provider, its order stands still, and says so."""


@dataclass(slots=True)
class Runtime:
    """Handed to every task handler."""

    transaction: Transaction
    http: httpx.AsyncClient
    archive_after: timedelta = ARCHIVE_AFTER
    mail: Mail = field(default_factory=Logged)
    app_url: str | None = None
    history: timedelta = HISTORY
    roads: Roads = field(default_factory=StraightLines)
    whereabouts: Whereabouts = field(default_factory=Nowhere)
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.http)

    async def kitchen(self, account_id: UUID) -> Kitchen:
        """The restaurant's system behind an account."""
        return registry.kitchen(*await self._line(account_id))

    async def courier(self, account_id: UUID) -> Courier:
        """The courier company behind an account."""
        return registry.courier(*await self._line(account_id))

    async def payment_company(self, account_id: UUID) -> PaymentCompany:
        """The payment company behind an account."""
        return registry.payment_company(*await self._line(account_id))

    async def _line(self, account_id: UUID) -> tuple[Account, Client]:
        async with self.transaction(apart=True) as session:
            return self.line(*await accounts.approach(session, account_id))

    def line(self, account: Account, standing: Standing) -> tuple[Account, Client]:
        """The way to an account, guarded; there is no other."""
        line, guard = self.lines.to(account)
        guard.stands(standing)
        return account, line

    async def hold(self, task: Claim) -> None:
        """Make sure of the task right before a call that cannot be taken back.

        Raises `LostTask` when it is not ours any more: we were frozen, and whoever took over may
        have made that call. The provider may be one that would act on both.
        """
        async with self.transaction(apart=True) as session:
            await tasks.hold(session, task)
        guarding.in_doubt()

    @asynccontextmanager
    async def finishing(self, task: Claim) -> AsyncIterator[AsyncSession]:
        """The transaction that marks the task done together with what the handler writes.

        Raises `LostTask` when the task is not ours any more; then nothing is written.
        """
        crash_point("after call", task.kind)
        async with self.transaction() as session:
            at = await tasks.finish(session, task)
            if task.order_id is not None:
                orders.is_held(session, task.order_id, at)
            yield session
        crash_point("after commit", task.kind)

    async def run(self, id: UUID) -> bool:
        """Do one due task, if it is there to be done. Never raises; whether it was ours."""
        try:
            async with self.transaction(apart=True) as session:
                task = await tasks.claim(session, id)
            if task is not None:
                with watched(task) as labels:
                    labels["outcome"] = await self._do(task)
            return task is not None
        except Exception as error:  # a worker outlives whatever happens to one task
            # What was claimed comes back by its lease.
            log.log(_level(error), "task %s could not be run: %r", id, error)
            return False

    async def not_heard(self, ids: Sequence[UUID]) -> None:
        """These were rung for, and will not be done here. Never raises."""
        with suppress(Exception):  # they are rung for again anyway
            async with self.transaction(apart=True) as session:
                await ringing.not_heard(session, ids)

    async def _do(self, task: Claim) -> str:
        """How it went, in a word."""
        handler = HANDLERS.get(task.kind)
        if handler is None:
            return await self._put_back(task, f"Nobody here can do {task.kind!r}.", most=1_000)
        if task.attempts > handler.attempts:
            return await self._put_back(task, "Its workers died of it.", most=handler.attempts)
        with guarding.trying(again=task.attempts > 1) as tried:
            try:
                return await self._try(task, handler, tried)
            finally:
                await self._learn(tried)

    async def _try(self, task: Claim, handler: Handler, tried: Try) -> str:
        try:
            async with asyncio.timeout(handler.deadline.total_seconds()), self._holding(task):
                crash_point("before call", task.kind)
                await handler.do(self, task)
            if tried.reason is not None:
                async with self.transaction(apart=True) as session:
                    await tasks.is_held_up(session, task, tried.reason)
            return "done"
        except asyncio.CancelledError:  # this worker leaves
            # What was sent may still be on its way: as long as after the death of a worker.
            wait = LEASE if tried.in_doubt else timedelta(0)
            with suppress(Exception):  # else it comes back by its lease
                async with self.transaction(apart=True) as session:
                    await tasks.hand_back(session, task, wait)
            raise
        except LostTask:
            log.info("%s %s is not ours any more", task.kind, task.subject_id)
            return "lost"
        except TryAgain as unclear:
            if tried.turned_away is not None:
                return await self._postpone(task, tried.turned_away, tried.reason)
            return await self._put_back(
                task, str(unclear), most=handler.attempts, after=unclear.after, word="again"
            )
        except Exception as error:
            log.log(_level(error), "%s %s failed", task.kind, task.subject_id, exc_info=error)
            return await self._put_back(task, repr(error), most=handler.attempts)

    async def _learn(self, tried: Try) -> None:
        """Tell everybody who does not answer, and who does again."""
        for guard, answered in tried.answered.items():
            standing = tried.standings[guard]
            if standing.probing and answered:
                async with self.transaction() as session:
                    await accounts.call_again(session, guard.account)
                    await tasks.go_on(session, standing.reason or "")
                log.warning("account %s answers again", guard.account)
            elif not standing.probing and guard.has_had_enough:
                async with self.transaction() as session:
                    new = await accounts.leave_in_peace(
                        session, guard.account, guard.why, guard.wish
                    )
                if new:
                    log.warning("account %s is left in peace: %s", guard.account, guard.why)

    async def _postpone(self, task: Claim, wait: timedelta, reason: str | None) -> str:
        """A call was not made: the try does not count, and whoever waits for it is told why."""
        async with self.transaction() as session:
            is_news = await tasks.postpone(session, task, wait, reason)
            if is_news and reason is not None and task.kind in MOVES_ORDERS:
                await waiting.held_up(session, task.order_id, task.subject_id, reason)
        return "turned away"

    async def _put_back(
        self,
        task: Claim,
        error: str,
        *,
        most: int,
        after: timedelta | None = None,
        word: str = "failed",
    ) -> str:
        async with self.transaction(apart=True) as session:
            state = await tasks.put_back(session, task, error, most=most, after=after)
        if state is TaskState.DEAD:
            log.error("%s %s is a dead letter: %s", task.kind, task.subject_id, error)
            return "dead"
        return word

    @asynccontextmanager
    async def _holding(self, task: Claim) -> AsyncIterator[None]:
        """Renew the lease while a slow provider thinks."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE.total_seconds() / 3)
                with suppress(Exception):  # the lease may end; then the token decides
                    async with self.transaction(apart=True) as session:
                        await tasks.hold(session, task)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()


def _level(error: BaseException) -> int:
    return logging.WARNING if is_passing(error) else logging.ERROR
