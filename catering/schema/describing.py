"""Inputs, payloads and unions: each says of which operation it is."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

import strawberry
from typing_extensions import dataclass_transform

T = TypeVar("T", bound=type)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def asks(view: T) -> T:
    """An input; what it is for, unless its docstring says more."""
    operation = _operation(view.__name__, "Input")
    told = f"What `{operation}` has to know."
    return strawberry.input(view, description=inspect.cleandoc(view.__doc__ or told))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def answers(view: T) -> T:
    """A payload."""
    operation = _operation(view.__name__, "Payload")
    told = f"What `{operation}` answers: how things are then, or everything that was wrong."
    return strawberry.type(view, description=told)


def why_not(name: str) -> Any:
    """The union of what an operation can be refused for."""
    return strawberry.union(name, description=f"Why `{_operation(name, 'Error')}` said no.")


def happenings(name: str, told: str) -> Any:
    """The union of what a stream tells."""
    return strawberry.union(name, description=f"{told}, or the stream has a gap.")


def _operation(name: str, ending: str) -> str:
    bare = name.removesuffix(ending)
    return bare[:1].lower() + bare[1:]
