"""What an HTTP outcome means for our ports, as far as it means the same at every provider."""

from __future__ import annotations

from typing import Any, TypeAlias

from catering.providers.calling import NoAnswer, NothingSent, Outcome, Response
from catering.providers.ports import Ambiguous, CannotTell, Unavailable

Unclear: TypeAlias = Ambiguous | Unavailable

NOTHING_DONE = frozenset({401, 429})


def understood(outcome: Outcome, *, idempotent: bool) -> Response | Unclear:
    """Their answer, when it is one: a 2xx or a 4xx with a JSON object in it.

    Everything else may have been done, except what was refused at the door. A 503 says that
    nothing was done; only where repeating is harmless do we take a provider at its word.
    """
    match outcome:
        case NothingSent(why, retry_after):
            return Unavailable(why, retry_after)
        case NoAnswer(why):
            return Ambiguous(why)
        case Response(status=status) if status in NOTHING_DONE or (status == 503 and idempotent):
            return Unavailable(f"they answered {status}", outcome.retry_after)
        case Response(status=status) if status == 408 or not (
            200 <= status < 300 or 400 <= status < 500
        ):
            return Ambiguous(f"they answered {status}")
        case Response(status=status) if outcome.document is None:
            return Ambiguous(f"they answered {status} with something that is no JSON object")
    return outcome


def told(outcome: Outcome) -> dict[str, Any] | CannotTell:
    """What they told when asked, or why that cannot be known."""
    match outcome:
        case NothingSent(why) | NoAnswer(why):
            return CannotTell(why)
        case Response(status=status) if not 200 <= status < 300:
            return CannotTell(f"they answered {status}")
    read = outcome.document
    return CannotTell("their answer is no JSON object") if read is None else read


def unclear(answer: Unclear) -> Ambiguous:
    """For calls that are harmless to repeat: whatever went wrong, look again."""
    return Ambiguous(answer.why)
