"""Who may do what: the one matrix of roles, operations and fields.

It is data. Resolvers ask it before they run, views before they show a field, and `catering
permissions` prints it. Whose things somebody sees is decided by `visible_to`; which step he may
take with them, by the lives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .people import Role

Roles = frozenset[Role] | None
"""Those who may; None for everybody, signed in or not."""

EVERYBODY: Final = None
_SIGNED_IN: Final = frozenset(Role)
_ADMIN: Final = frozenset({Role.ADMIN})
_OFFICE: Final = _ADMIN | {Role.MANAGER}
_KITCHEN: Final = _OFFICE | {Role.RESTAURANT}
_DRIVER: Final = frozenset({Role.DRIVER})
_CUSTOMER: Final = frozenset({Role.CUSTOMER})

READING: Final[Mapping[str, Roles]] = {
    # oneself, and anything by its id
    "viewer": EVERYBODY,
    "rateLimit": EVERYBODY,
    "node": EVERYBODY,
    "nodes": EVERYBODY,
    # menus
    "restaurant": EVERYBODY,
    "restaurants": EVERYBODY,
    # orders
    "orderQuote": EVERYBODY,
    "reorderQuote": _CUSTOMER,
    "order": _SIGNED_IN,
    "orders": _SIGNED_IN,
    "orderBoard": _KITCHEN,
    # facilities
    "organisations": _OFFICE,
    "handOverList": _OFFICE | _CUSTOMER,
    # people
    "drivers": _OFFICE,
    "users": _OFFICE,
    "myData": _SIGNED_IN,
}

WRITING: Final[Mapping[str, Roles]] = {
    # being signed in
    "registerCustomer": EVERYBODY,
    "registerDriver": EVERYBODY,
    "signIn": EVERYBODY,
    "refreshSession": EVERYBODY,
    "signOut": EVERYBODY,
    "requestActivation": EVERYBODY,
    "activateAccount": EVERYBODY,
    "requestPasswordReset": EVERYBODY,
    "resetPassword": EVERYBODY,
    "changePassword": _SIGNED_IN,
    # accounts
    "createManager": _ADMIN,
    "inviteStaff": _OFFICE,
    "acceptInvitation": EVERYBODY,
    "removeStaff": _OFFICE,
    "suspendUser": _OFFICE,
    "reinstateUser": _OFFICE,
    "eraseMyAccount": _SIGNED_IN,
    "eraseUser": _ADMIN,
    # ordering
    "placeOrder": _CUSTOMER,
    "reorder": _CUSTOMER,
    "replaceOrderLines": _OFFICE | _CUSTOMER,
    "changeOrderDetails": _OFFICE | _CUSTOMER,
    "cancelOrder": _OFFICE | _CUSTOMER,
    "approveOrder": _CUSTOMER,
    "rejectOrder": _CUSTOMER,
    "refundOrder": _OFFICE,
    "archiveOrder": _OFFICE,
    "restoreOrder": _OFFICE,
    "rateRestaurant": _CUSTOMER,
    "rateDriver": _CUSTOMER,
    "replyToRating": _KITCHEN,
    "answerResolution": _OFFICE | _CUSTOMER,
    # facilities
    "createOrganisation": _OFFICE,
    "changeOrganisationDetails": _OFFICE,
    "setMember": _OFFICE,
    "removeMember": _OFFICE,
    "addFacility": _OFFICE,
    "changeFacilityDetails": _OFFICE,
    "setDeliveryWindows": _OFFICE,
    "closeFacility": _OFFICE,
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
    "setKitchenCapacity": _KITCHEN,
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
    "rejectDriver": _OFFICE,
    "setDriverZone": _OFFICE,
    "submitDriverDocuments": _DRIVER,
    "goOnline": _DRIVER,
    "goOffline": _DRIVER,
    "takeBreak": _DRIVER,
    "acceptOffer": _DRIVER,
    "declineOffer": _DRIVER,
    "releaseDelivery": _OFFICE | _DRIVER,
    "assignDelivery": _OFFICE,
    "arriveAtStop": _OFFICE | _DRIVER,
    "recordContactAttempt": _OFFICE | _DRIVER,
    "completeStop": _OFFICE | _DRIVER,
    "reportPosition": _DRIVER,
}

WATCHING: Final[Mapping[str, Roles]] = {
    "orderChanged": _SIGNED_IN,
    "kitchenFeed": _KITCHEN,
    "driverFeed": _DRIVER,
    "orderBoardChanged": _KITCHEN,
    "deliveryTracked": _SIGNED_IN,
    "menuChanged": EVERYBODY,
    "serverTick": EVERYBODY,
}

OPERATIONS: Final[Mapping[str, Roles]] = {**READING, **WRITING, **WATCHING}
"""Root field → who may use it."""


class Reach(StrEnum):
    """How much of a field a role sees."""

    ALL = "all"
    OWN = "own"
    NOTHING = "–"


@dataclass(frozen=True)
class Sight:
    """Who sees a field: `everybodys` roles on every row, `own` roles on the rows that are theirs.

    An account is its person's; an order is the customer's who placed it, and the driver's while
    he carries it; a restaurant and its tickets are its staff's. A customer who sees an
    organisation, its sites or its orders is a member of it. A view tells by `is_own`.
    """

    everybodys: frozenset[Role] = frozenset()
    own: frozenset[Role] = frozenset()

    def of(self, role: Role | None) -> Reach:
        """How much this role sees; None is somebody who is not signed in."""
        if role in self.everybodys:
            return Reach.ALL
        return Reach.OWN if role in self.own else Reach.NOTHING


_PERSONAL: Final = Sight(_OFFICE, own=_SIGNED_IN)
_OFFICES: Final = Sight(_OFFICE)
_AT_WORK: Final = Sight(_OFFICE, own=_DRIVER)
_INSIDE: Final = Sight(_OFFICE | _CUSTOMER)
_CONNECTION: Final = Sight(_OFFICE, own=frozenset({Role.RESTAURANT}))

FIELDS: Final[Mapping[str, Sight]] = {
    "User.email": _PERSONAL,
    "User.emailVerified": _PERSONAL,
    "User.phone": _PERSONAL,
    "User.workplaces": Sight(_OFFICE, own=frozenset({Role.RESTAURANT})),
    "User.invitedAt": _OFFICES,
    "User.suspendedAt": _OFFICES,
    "User.suspension": _OFFICES,
    "User.erasedAt": _OFFICES,
    "Driver.documents": _AT_WORK,
    "Driver.rejection": _AT_WORK,
    "Driver.currentDelivery": _AT_WORK,
    "Driver.pendingOffers": _AT_WORK,
    "Driver.position": _AT_WORK,
    "Driver.positionAt": _AT_WORK,
    "Driver.breakUntil": _AT_WORK,
    "Driver.shiftEndsAt": _AT_WORK,
    "Driver.zone": _AT_WORK,
    "Driver.rating": _AT_WORK,
    "Driver.ratingCount": _AT_WORK,
    "Driver.considerations": _AT_WORK,
    "Delivery.considerations": _OFFICES,
    "Restaurant.provider": _CONNECTION,
    "KitchenTicket.provider": _CONNECTION,
    "KitchenTicket.heldUpBy": _CONNECTION,
    "Organisation.billing": _INSIDE,
    "Organisation.billed": _INSIDE,
    "Organisation.approvalAbove": _INSIDE,
    "Organisation.members": _INSIDE,
    "Facility.costCentres": _INSIDE,
    "Facility.deliveryWindows": _INSIDE,
    "Facility.notice": _INSIDE,
    "Facility.cutOff": _INSIDE,
    "Facility.cutOffDaysBefore": _INSIDE,
    "Facility.approvalAbove": _INSIDE,
    "Order.costCentre": _INSIDE,
    "Order.approval": _INSIDE,
    "Order.heldUpBy": _OFFICES,
    "Stop.signedBy": _INSIDE,
    "Stop.signature": _INSIDE,
    "Order.cancellationFee": Sight(_OFFICE, own=_CUSTOMER),
    "Order.contactPhone": Sight(_OFFICE, own=_CUSTOMER | _DRIVER),
    "Order.payment": Sight(_OFFICE, own=_CUSTOMER | _DRIVER),
    "Order.pin": Sight(_OFFICE, own=_CUSTOMER),
}
"""Field → who sees it, where the thing itself may be seen. Others are told nothing: null, or an
empty list. A field that is not named here is seen by all who see the thing."""
