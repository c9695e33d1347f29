"""Tasks about letters: send them."""

from __future__ import annotations

from datetime import timedelta

from catering.providers.mail import Message, Undeliverable
from catering.providers.ports import Unavailable
from catering.services import letters

from .handling import TryAgain, handles
from .runtime import Runtime
from .tasks import Claim

OFTEN = 60
"""About half a day; then an operator finds a dead letter, and may have it sent again."""

LONGEST_PAUSE = timedelta(minutes=15)


@handles("send_mail", attempts=OFTEN, seconds=60)
async def send_mail(runtime: Runtime, task: Claim) -> None:
    """Hand a letter to the mail server. One that may have gone out already goes out again."""
    async with runtime.transaction() as session:
        letter = await letters.seal(session, task.subject_id, runtime.app_url)
    if letter is None:
        async with runtime.finishing(task):
            return
    answer = await runtime.mail.send(
        Message(to=letter.to, subject=letter.text.subject, body=letter.text.body)
    )
    if isinstance(answer, Unavailable):
        raise TryAgain(
            answer.why, min(LONGEST_PAUSE, timedelta(seconds=2 ** min(task.attempts, 10)))
        )
    failure = answer.why if isinstance(answer, Undeliverable) else None
    async with runtime.finishing(task) as session:
        await letters.sent(session, task.subject_id, failure)
