"""Who may ask for what: the one matrix, enforced at every root field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from catering.domain.people import Role
from catering.schema.directives import Auth
from catering.schema.exposing import Info

_EVERYBODY: Final = None
_SIGNED_IN: Final = frozenset(Role)
_OFFICE: Final = frozenset({Role.MANAGER, Role.ADMIN})
_KITCHEN: Final = _OFFICE | {Role.RESTAURANT}
_DRIVER: Final = frozenset({Role.DRIVER})
_CUSTOMER: Final = frozenset({Role.CUSTOMER})

MATRIX: Final[dict[str, frozenset[Role] | None]] = {
    # reading
    "viewer": _EVERYBODY,
    "node": _EVERYBODY,
    "nodes": _EVERYBODY,
    "restaurant": _EVERYBODY,
    "restaurants": _EVERYBODY,
    "orderQuote": _EVERYBODY,
    "order": _SIGNED_IN,
    "orders": _SIGNED_IN,
    "orderBoard": _KITCHEN,
    "drivers": _OFFICE,
    # people
    "registerCustomer": _EVERYBODY,
    "registerDriver": _EVERYBODY,
    "signIn": _EVERYBODY,
    "refreshSession": _EVERYBODY,
    "signOut": _EVERYBODY,
    # ordering
    "placeOrder": _CUSTOMER,
    "cancelOrder": _OFFICE | _CUSTOMER,
    "answerResolution": _OFFICE | _CUSTOMER,
    # kitchens
    "acceptTicket": _KITCHEN,
    "rejectTicket": _KITCHEN,
    "markTicketReady": _KITCHEN,
    "reportUnavailable": _KITCHEN,
    # restaurants
    "createRestaurant": _OFFICE,
    "changeRestaurantDetails": _KITCHEN,
    "setOpeningHours": _KITCHEN,
    "setExceptionalDay": _KITCHEN,
    "clearExceptionalDay": _KITCHEN,
    "setDeliveryZone": _KITCHEN,
    "pauseRestaurant": _KITCHEN,
    "resumeRestaurant": _KITCHEN,
    "setBusyMode": _KITCHEN,
    # menus
    "addCategory": _KITCHEN,
    "renameCategory": _KITCHEN,
    "removeCategory": _KITCHEN,
    "addProduct": _KITCHEN,
    "changeProductDetails": _KITCHEN,
    "changeProductPrice": _KITCHEN,
    "removeProduct": _KITCHEN,
    "setAvailability": _KITCHEN,
    "snoozeProduct": _KITCHEN,
    "setDailyQuota": _KITCHEN,
    "setVariants": _KITCHEN,
    "setModifierGroups": _KITCHEN,
    "setVariantAvailability": _KITCHEN,
    "setModifierAvailability": _KITCHEN,
    # drivers
    "approveDriver": _OFFICE,
    "goOnline": _DRIVER,
    "goOffline": _DRIVER,
    "acceptOffer": _DRIVER,
    "declineOffer": _DRIVER,
    "releaseDelivery": _OFFICE | _DRIVER,
    "arriveAtStop": _OFFICE | _DRIVER,
    "completeStop": _OFFICE | _DRIVER,
    "reportPosition": _DRIVER,
    # watching
    "orderChanged": _SIGNED_IN,
    "kitchenFeed": _KITCHEN,
    "driverFeed": _DRIVER,
    "orderBoardChanged": _KITCHEN,
    "deliveryTracked": _SIGNED_IN,
    "menuChanged": _EVERYBODY,
    "serverTick": _EVERYBODY,
}
"""Root field → roles; None for everybody, signed in or not. Whose things they are is decided by
`visible_to`; which step they may take, by the lives in the domain."""


def must_be_allowed(info: Info) -> None:
    """Raises a `GraphQLError` when the caller may not use the root field that is being resolved."""
    roles = MATRIX[info.field_name]
    if roles is _EVERYBODY:
        return
    actor = info.context.actor
    if actor is None:
        raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
    if actor.role not in roles:
        raise GraphQLError("This is not for your role.", extensions={"code": "FORBIDDEN"})


def auth(roles: frozenset[Role] | None) -> Auth:
    """A cell of the matrix, as the schema prints it; the roles in the order of their enum."""
    return Auth(requires=[role for role in Role if roles is not None and role in roles])


class Allowed(FieldExtension):
    """Asks the matrix before the resolver runs, and prints in the schema what it will say."""

    def apply(self, field: StrawberryField) -> None:
        roles = MATRIX[field.graphql_name or to_camel_case(field.python_name)]
        # A field can be made ready more than once, for a second schema.
        others = [each for each in field.directives if not isinstance(each, Auth)]
        field.directives = [*others, auth(roles)]

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **given: Any) -> Any:
        must_be_allowed(info)
        return next_(source, info, **given)

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        must_be_allowed(info)
        return await next_(source, info, **given)
