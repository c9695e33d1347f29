from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import httpx
import pytest

from catering.providers import registry
from catering.providers.accounts import Account
from catering.providers.kitchens.poster import Poster
from catering.providers.registry import UnknownProvider
from tests.providers.conftest import CREDENTIALS, account_at, answering

HTTP = answering(lambda _: httpx.Response(500))


class Bakery:
    """An adapter from outside our tree."""

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self.account, self.http = account, http


adapter = Bakery


def test_an_account_finds_its_adapter_by_name() -> None:
    assert isinstance(registry.open(account_at("poster"), HTTP), Poster)


def test_our_adapters_are_known() -> None:
    assert registry.known("kitchen") == ("open_kitchen", "poster")
    assert registry.known("courier") == ("uber_direct", "uklon")
    assert registry.known("payment") == ("kasa",)


def test_an_unknown_provider_is_told_which_there_are() -> None:
    account = _bakery_account("nobody")
    with pytest.raises(UnknownProvider, match="There are: open_kitchen, poster"):
        registry.open(account, HTTP)


@pytest.mark.parametrize(
    "target", ["tests.providers.test_registry", "tests.providers.test_registry:Bakery"]
)
def test_a_package_beside_us_brings_its_own_adapter(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("bakery", target, "catering.kitchens")
    monkeypatch.setattr(registry, "entry_points", EntryPoints([point]).select)
    registry._adapter.cache_clear()

    assert "bakery" in registry.known("kitchen")
    assert isinstance(registry.kitchen(_bakery_account("bakery"), HTTP), Bakery)
    registry._adapter.cache_clear()


@pytest.mark.parametrize("provider", CREDENTIALS)
def test_an_account_keeps_its_secrets_to_itself(provider: str) -> None:
    account = account_at(provider, secrets=("hook-secret",))
    shown = f"{account!r} {account} {registry.open(account, HTTP)!r}"
    assert "hook-secret" not in shown
    assert not [text for text in CREDENTIALS[provider].values() if f"={text!r}" in shown]
    assert "credentials" not in shown


@pytest.mark.parametrize("provider", CREDENTIALS)
def test_an_account_without_credentials_is_noticed_when_it_is_opened(provider: str) -> None:
    account = account_at(provider)
    empty = _bakery_account(provider, account)
    with pytest.raises(KeyError):
        registry.open(empty, HTTP)


def _bakery_account(provider: str, like: Account | None = None) -> Account:
    like = like or account_at("poster")
    return Account(
        id=like.id,
        name=provider,
        title=provider,
        port=like.port,
        provider=provider,
        base_url="http://provider.test",
        credentials={},
        webhook_secrets=(),
        time_zone="Europe/Kyiv",
        currency="UAH",
    )
