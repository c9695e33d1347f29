"""Tasks about money: ask a payment company, once, for what an order needs."""

from __future__ import annotations

from datetime import timedelta

from catering.crashing import crash_point
from catering.domain.payments import ChargeKind
from catering.domain.reports import ChargeWord
from catering.providers.paying import (
    Charged,
    Declined,
    PaymentAnswer,
    PaymentCompany,
    PaymentReport,
    Processing,
)
from catering.providers.ports import Ambiguous, CannotTell, Found, Missing, Unavailable
from catering.services import paying, resolving
from catering.services.paying import Charging

from .handling import TryAgain, handles
from .kitchens import OFTEN, SETTLING
from .runtime import Runtime
from .tasks import Claim


@handles("make_charge", attempts=OFTEN)
async def make_charge(runtime: Runtime, task: Claim) -> None:
    """Ask a payment company for one thing, holding no transaction while it answers."""
    async with runtime.transaction() as session:
        charging = await paying.begin_charge(session, task.subject_id, again=task.token > 1)
    if charging is None:
        async with runtime.finishing(task):
            return
    company = await runtime.payment_company(charging.account_id)
    answer = await _charge(runtime, task, company, charging)
    async with runtime.finishing(task) as session:
        if not await paying.answered(session, task.subject_id, answer):
            raise TryAgain(*_why(answer, company))
        await resolving.bank_answered(session, task.subject_id)


async def _charge(
    runtime: Runtime, task: Claim, company: PaymentCompany, charging: Charging
) -> PaymentAnswer:
    """Ask once. What may have arrived earlier is looked up first, and only then repeated."""
    if charging.again:
        match await company.find(charging.request):
            case Found(report):
                return _as_found(report)
            case CannotTell(why):
                return Unavailable(why)
            case Missing():
                pass
    await runtime.hold(task)
    ask = {
        ChargeKind.AUTHORIZE: company.authorise,
        ChargeKind.CAPTURE: company.capture,
        ChargeKind.VOID: company.void,
        ChargeKind.REFUND: company.refund,
    }
    answer = await ask[charging.kind](charging.request)
    crash_point("after charge")
    return answer


def _as_found(report: PaymentReport) -> PaymentAnswer:
    match report.status:
        case ChargeWord.DONE:
            return Charged(report)
        case ChargeWord.DECLINED:
            return Declined(report.word, report.reason or "The card was declined.")
        case _:
            return Processing(report)


def _why(answer: PaymentAnswer, company: PaymentCompany) -> tuple[str, timedelta]:
    match answer:
        case Ambiguous(why):
            return why, SETTLING
        case Unavailable(why, retry_after):
            return why, retry_after or SETTLING
        case Processing(report):
            return f"they say {report.word}", company.capabilities.look_again_after
        case _:
            return repr(answer), SETTLING
