"""Letters on their way out: a real mail server takes them, or says why not."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from catering.providers.mail import (
    BadMailSetting,
    Logged,
    Message,
    Nowhere,
    Sent,
    Smtp,
    Undeliverable,
    mail,
)
from catering.providers.ports import Unavailable
from catering.settings import Settings
from tests.postbox import Postbox, open_postbox

SENDER = "Їжа <food@catering.test>"
LETTER = Message("anna@example.test", "Привіт", "Token: abc")


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with open_postbox() as postbox:
        yield postbox


async def test_a_letter_arrives_as_it_was_written(postbox: Postbox) -> None:
    assert await Smtp(postbox.url, SENDER).send(LETTER) == Sent()
    (letter,) = postbox.letters
    assert (letter["From"], letter["To"]) == (SENDER, "anna@example.test")
    assert (letter["Subject"], letter.get_content()) == ("Привіт", "Token: abc\r\n")
    assert letter["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 nobody here", Undeliverable), ("451 come back later", Unavailable)],
)
async def test_a_server_that_says_no_is_believed(
    postbox: Postbox, answer: str, kind: type[object]
) -> None:
    postbox.turned_away[LETTER.to] = answer
    posting = await Smtp(postbox.url, SENDER).send(LETTER)
    assert isinstance(posting, kind)
    assert postbox.letters == []


async def test_a_server_that_is_away_may_come_back() -> None:
    async with open_postbox() as gone:
        pass
    assert isinstance(await Smtp(gone.url, SENDER).send(LETTER), Unavailable)


async def test_a_password_is_told_to_nobody_without_tls(postbox: Postbox) -> None:
    url = f"smtp://user:secret@127.0.0.1:{postbox.port}"
    assert isinstance(await Smtp(url, SENDER).send(LETTER), Unavailable)
    assert postbox.letters == []


async def test_what_is_no_address_is_no_letter(postbox: Postbox) -> None:
    for to in ("a<b>@example.test", "a\r\nBcc: all@example.test", ""):
        answer = await Smtp(postbox.url, SENDER).send(Message(to, "x", "x"))
        assert isinstance(answer, Undeliverable)
    assert postbox.letters == []


@pytest.mark.parametrize(
    ("url", "sender"),
    [("http://x", SENDER), ("smtp://", SENDER), ("smtp://x:y", SENDER), ("smtp://x", "nobody")],
)
def test_a_setting_that_cannot_be_is_refused(url: str, sender: str) -> None:
    with pytest.raises(BadMailSetting):
        Smtp(url, sender)


async def test_without_a_server_only_development_prints(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings("", "")
    assert isinstance(mail(settings), Logged)
    production = mail(Settings("", "", development=False))
    assert isinstance(production, Nowhere)
    with caplog.at_level(logging.WARNING):
        assert isinstance(await production.send(LETTER), Undeliverable)
        assert "Token" not in caplog.text
        assert await Logged().send(LETTER) == Sent()
        assert "Token: abc" in caplog.text
