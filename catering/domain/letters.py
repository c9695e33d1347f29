"""The letters we write by e-mail: what each is for, what it says, how long its token is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """Why a letter is written. Its token is good for this and for nothing else."""

    ACTIVATION = "ACTIVATION"
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 - a word
    INVITATION = "INVITATION"


LIFE: Final[Mapping[Purpose, timedelta]] = {
    Purpose.ACTIVATION: timedelta(hours=48),
    Purpose.PASSWORD_RESET: timedelta(hours=1),
    Purpose.INVITATION: timedelta(days=7),
}
"""From the moment of sending: a mail server that was away takes nothing off it."""

MOST_IN_AN_HOUR: Final = 5
"""For one purpose and address. Who asks more often has enough good tokens in his letters."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter says."""

    subject: str
    body: str


def text(purpose: Purpose, name: str, token: str, app_url: str | None) -> Text:
    """The letter to somebody of this name. With an `app_url` the token is in a link.

    It is behind the `#`, where neither the logs of that server nor a `Referer` see it.
    """
    page, subject, why, otherwise = _WORDS[purpose]
    how = f"Open {app_url.rstrip('/')}/{page}#token={token}" if app_url else f"Token: {token}"
    hours = LIFE[purpose] // timedelta(hours=1)
    good_for = f"It is good once, for {hours} hour{'s' if hours > 1 else ''}."
    return Text(subject, "\n\n".join((f"Hello {name},", why, how, f"{good_for} {otherwise}")))


_WORDS: Final = {
    Purpose.ACTIVATION: (
        "activate",
        "Is this your e-mail address?",
        "an account was opened with this e-mail address. Confirm that it is yours.",
        "If it was not you, do nothing.",
    ),
    Purpose.PASSWORD_RESET: (
        "reset-password",
        "A new password",
        "somebody, hopefully you, asked for a new password for your account.",
        "If it was not you, do nothing: your password stays as it is.",
    ),
    Purpose.INVITATION: (
        "accept-invitation",
        "You are invited",
        "you were invited to work with us. Choose a password, and the account is yours.",
        "If you do not know what this is about, do nothing.",
    ),
}
