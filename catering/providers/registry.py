"""How an account finds its adapter: by the name of a module, so that the core is never edited.

`provider` "poster" of port "kitchen" is the module `catering.providers.kitchens.poster`, or the
entry point "poster" of the group `catering.kitchens` in any package that is installed beside us.
The module or the entry point offers `adapter`: a class made from an account and an HTTP client.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeAlias, cast

import httpx

from catering.providers import couriers, kitchens, payments
from catering.providers.accounts import Account, Port
from catering.providers.paying import PaymentCompany
from catering.providers.ports import Courier, Kitchen

Adapter: TypeAlias = Callable[[Account, httpx.AsyncClient], Any]

SHELVES = {"kitchen": kitchens, "courier": couriers, "payment": payments}


class UnknownProvider(LookupError):
    """An account names a provider that nobody has an adapter for."""

    def __init__(self, port: Port, provider: str) -> None:
        choices = ", ".join(known(port)) or "none"
        super().__init__(f"No {port} adapter is called {provider!r}. There are: {choices}.")


def open(account: Account, http: httpx.AsyncClient) -> Kitchen | Courier | PaymentCompany:
    """The adapter of an account. Cheap: adapters hold nothing but what they are given."""
    match account.port:
        case "kitchen":
            return kitchen(account, http)
        case "courier":
            return courier(account, http)
        case "payment":
            return payment_company(account, http)


def kitchen(account: Account, http: httpx.AsyncClient) -> Kitchen:
    """The restaurant's system behind an account."""
    return cast(Kitchen, _adapter("kitchen", account.provider)(account, http))


def courier(account: Account, http: httpx.AsyncClient) -> Courier:
    """The courier company behind an account."""
    return cast(Courier, _adapter("courier", account.provider)(account, http))


def payment_company(account: Account, http: httpx.AsyncClient) -> PaymentCompany:
    """The payment company behind an account."""
    return cast(PaymentCompany, _adapter("payment", account.provider)(account, http))


def known(port: Port) -> tuple[str, ...]:
    """The providers that an account of this port may name."""
    return tuple(sorted({*_inside(port), *entry_points(group=f"catering.{port}s").names}))


@cache
def _adapter(port: Port, provider: str) -> Adapter:
    if provider in _inside(port):
        module = import_module(f"{SHELVES[port].__name__}.{provider}")
        return cast(Adapter, module.adapter)
    for outside in entry_points(group=f"catering.{port}s", name=provider):
        found = outside.load()
        return cast(Adapter, getattr(found, "adapter", found))
    raise UnknownProvider(port, provider)


def _inside(port: Port) -> set[str]:
    return {module.name for module in pkgutil.iter_modules(SHELVES[port].__path__)}
