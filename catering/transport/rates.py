"""Who may do what how often: all numbers in one table.

What an operation costs is drawn from the budget of its caller. What is dear to us in another way,
or tempting to guess at, has a rate of its own besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from catering.domain.budgets import Budget

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

READING: Final = 10
"""Points for a document that was not seen before; also, and above all, for one that is no good."""


class Of(Enum):
    """Whose rate it is."""

    CALLER = auto()
    """The user, or the address of somebody who is not signed in."""
    ADDRESS = auto()
    """The address, whoever speaks: an account must not be a way to guess at others."""
    ACCOUNT = auto()
    """The outside system that calls."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So often in a time, and whose."""

    budget: Budget
    of: Of


WEBHOOKS: Final = "webhooks"

RATES: Final[dict[str, Rate]] = {
    "signIn": Rate(Budget(30, MINUTE), Of.ADDRESS),
    "refreshSession": Rate(Budget(60, MINUTE), Of.ADDRESS),
    "registerCustomer": Rate(Budget(30, HOUR), Of.ADDRESS),
    "registerDriver": Rate(Budget(30, HOUR), Of.ADDRESS),
    "requestActivation": Rate(Budget(30, HOUR), Of.ADDRESS),
    "activateAccount": Rate(Budget(60, HOUR), Of.ADDRESS),
    "requestPasswordReset": Rate(Budget(30, HOUR), Of.ADDRESS),
    "resetPassword": Rate(Budget(60, HOUR), Of.ADDRESS),
    "changePassword": Rate(Budget(30, HOUR), Of.CALLER),
    "placeOrder": Rate(Budget(20, MINUTE), Of.CALLER),
    WEBHOOKS: Rate(Budget(1_200, MINUTE), Of.ACCOUNT),
}
"""By the name of the mutation. Whole offices come from one address, so these are not for catching
a guesser alone: wrong passwords are counted by `domain.attempts`, too."""
