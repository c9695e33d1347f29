"""The one way out for letters: SMTP where it is set, the log in development.

Like every port, it answers and does not raise for what the network does.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any, Final, Protocol, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from catering.settings import Settings

from .ports import Unavailable

SCHEMES: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""With their usual ports."""

PATIENCE: Final = 10
"""Seconds for each step of the conversation."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A letter as it is sent: plain text, to one address."""

    to: str
    subject: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail server has it, and answers for it from now on."""


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """They said no to this letter. Sending it again will not help."""

    why: str


Posting: TypeAlias = Sent | Undeliverable | Unavailable


class Mail(Protocol):
    """All the rest of the code knows about e-mail."""

    async def send(self, message: Message) -> Posting:
        """Hand a letter over. Where it is unclear whether they have it, `Unavailable`: a letter
        that comes twice is better than none."""
        ...


class BadMailSetting(ValueError):
    """The address of the mail server cannot be read."""


class Smtp:
    """A mail server, told to by address: `smtp://`, `smtp+starttls://` or `smtps://`."""

    def __init__(self, url: str, sender: str) -> None:
        told = _told(url)
        if told is None:
            kinds = ", ".join(f"{scheme}://" for scheme in SCHEMES)
            raise BadMailSetting(f"CATERING_SMTP_URL is no address; it begins with one of {kinds}.")
        if "@" not in parseaddr(sender)[1]:
            raise BadMailSetting("CATERING_MAIL_FROM is an address, with or without a name.")
        self._sender = sender
        self._options = _options(told)

    async def send(self, message: Message) -> Posting:
        """One connection for one letter: there are few of them."""
        try:
            written = _written(message, self._sender)
        except (MessageError, ValueError, IndexError) as error:
            return Undeliverable(f"no mail can be addressed like this: {type(error).__name__}")
        try:
            await aiosmtplib.send(written, recipients=[message.to], **self._options)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refused(refused.recipients[0])
        except aiosmtplib.SMTPDataError as refused:
            return _refused(refused)
        except aiosmtplib.SMTPResponseException as error:
            # About us and not about the letter: a password, a sender, a greeting.
            return Unavailable(f"{type(error).__name__}: {error.code}")
        except (aiosmtplib.SMTPException, OSError) as error:
            return Unavailable(type(error).__name__)
        return Sent()


class Logged:
    """For development: the letter, token and all, is a line in the log."""

    async def send(self, message: Message) -> Posting:
        """Print it."""
        log.warning("Mail to %s: %s\n%s", message.to, message.subject, message.body)
        return Sent()


class Nowhere:
    """For production without a mail server: tokens must not come into a log."""

    async def send(self, message: Message) -> Posting:
        """Say that there is no way out."""
        log.warning("Mail %r is not sent: CATERING_SMTP_URL is not set.", message.subject)
        return Undeliverable("CATERING_SMTP_URL is not set")


def mail(settings: Settings) -> Mail:
    """The way out that is set."""
    if settings.smtp_url:
        return Smtp(settings.smtp_url, settings.mail_from)
    return Logged() if settings.development else Nowhere()


def _told(url: str) -> SplitResult | None:
    try:
        told = urlsplit(url)
        named = told.scheme in SCHEMES and told.hostname and told.port != 0
    except ValueError:
        return None
    return told if named else None


def _options(told: SplitResult) -> dict[str, Any]:
    """Without TLS from the beginning it is asked for, and insisted on where a password follows."""
    insists = told.scheme == "smtp+starttls" or told.username is not None
    return {
        "hostname": told.hostname,
        "port": told.port or SCHEMES[told.scheme],
        "username": unquote(told.username) if told.username else None,
        "password": unquote(told.password) if told.password else None,
        "use_tls": told.scheme == "smtps",
        "start_tls": False if told.scheme == "smtps" else (insists or None),
        "timeout": PATIENCE,
    }


def _written(message: Message, sender: str) -> EmailMessage:
    written = EmailMessage()
    written["From"] = sender
    written["To"] = Address(addr_spec=message.to)
    written["Subject"] = message.subject
    written["Date"] = formatdate()
    written["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    written["Auto-Submitted"] = "auto-generated"
    written.set_content(message.body)
    return written


def _refused(refused: aiosmtplib.SMTPResponseException) -> Posting:
    """A code of 500 or more is final, as RFC 5321 has it."""
    why = f"{refused.code} {refused.message}"[:200]
    return Undeliverable(why) if refused.code >= 500 else Unavailable(why)
