"""What an account may be called and how it is guarded; the rules of the registration form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .refusals import InvalidInput

PASSWORD_LENGTH: Final = range(8, 129)
NAME_LENGTH: Final = range(1, 101)
VEHICLE_LENGTH: Final = range(1, 51)
LONGEST_EMAIL: Final = 254  # RFC 5321, counted with the angle brackets
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who wants an account, in his own words."""

    email: str
    password: str
    display_name: str
    phone: str


def is_email(text: str) -> bool:
    """Whether it looks like an address. Whether it is one, only a message can tell."""
    return len(text) <= LONGEST_EMAIL and text.isprintable() and bool(_EMAIL.fullmatch(text))


def folded(password: str) -> bytes:
    """The bytes that are hashed: the same however a keyboard composed the letters (NFKC)."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


def faults(newcomer: Newcomer) -> Iterator[InvalidInput]:
    """What is wrong with the form, all of it; the phone is judged by whoever knows phones."""
    yield from card_faults(newcomer.email, newcomer.display_name)
    yield from password_faults(newcomer.password)


def card_faults(email: str, display_name: str) -> Iterator[InvalidInput]:
    """What is wrong with an address and a name."""
    if not is_email(email.strip()):
        yield InvalidInput("This is not an e-mail address.", ("email",), rule="email")
    yield from name_faults("displayName", "A name", display_name, NAME_LENGTH)


def password_faults(password: str) -> Iterator[InvalidInput]:
    """What is wrong with a password, but for being guessable."""
    yield from _length("password", "A password", password, PASSWORD_LENGTH)


def name_faults(field: str, what: str, text: str, allowed: range) -> Iterator[InvalidInput]:
    """What is wrong with a short text for people to read."""
    yield from _length(field, what, text.strip(), allowed)
    if not text.isprintable():
        yield InvalidInput(f"{what} is one line of letters.", (field,), rule="printable")


def _length(field: str, what: str, text: str, allowed: range) -> Iterator[InvalidInput]:
    if len(text) not in allowed:
        message = f"{what} has {allowed.start} to {allowed.stop - 1} characters."
        yield InvalidInput(message, (field,), rule="length")
