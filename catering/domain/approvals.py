"""Approving what an organisation's people order: who may, and when."""

from __future__ import annotations

from collections.abc import Collection

from .facilities import MemberPart
from .orders import OrderStatus
from .refusals import ForbiddenStep, Refused


def must_be_decidable(
    status: OrderStatus, parts: Collection[MemberPart], *, is_orderer: bool
) -> None:
    """An approver who has not ordered it decides, and once. Raises `Refused(ForbiddenStep)`."""
    if MemberPart.APPROVER not in parts:
        message = "Only an approver of the organisation decides that."
    elif is_orderer:
        message = "Somebody else has to approve what you have ordered."
    elif status is not OrderStatus.AWAITING_APPROVAL:
        message = f"It does not wait for approval: it is {status}."
    else:
        return
    raise Refused(ForbiddenStep(message, current=status))


def somebody_can(approvers: Collection[object], orderer: object) -> bool:
    """Whether there is an approver beside the one who orders."""
    return any(approver != orderer for approver in approvers)
