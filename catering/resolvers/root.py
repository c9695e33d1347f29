"""The three roots, and the schema that is made of them."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig

from catering.schema import enums as enums
from catering.schema.deliveries import Delivery, Offer
from catering.schema.facilities import Facility, Organisation
from catering.schema.menus import Product, Restaurant
from catering.schema.orders import Order
from catering.schema.people import Driver, User
from catering.schema.scalars import SCALARS
from catering.schema.tickets import KitchenTicket, Resolution
from catering.transport import Schema

from .board import BoardQueries
from .commands.amending import Amending
from .commands.approving import Approving
from .commands.archiving import Archiving
from .commands.choosing import Choosing
from .commands.closing import Closing
from .commands.composing import Composing
from .commands.driving import Driving
from .commands.hosting import Hosting
from .commands.inviting import Inviting
from .commands.kitchens import Kitchens
from .commands.offering import Offering
from .commands.ordering import Ordering
from .commands.organising import Organising
from .commands.rating import RatingMutations
from .commands.refunding import Refunding
from .commands.reordering import Reordering, ReorderQueries
from .commands.resolving import Resolving
from .commands.securing import Securing
from .commands.supplying import Supplying
from .commands.travelling import Travelling
from .facilities import FacilityQueries
from .people import PeopleQueries
from .queries import DriverQueries, MenuQueries, NodeQueries, OrderQueries
from .sessions import SessionMutations, ViewerQueries
from .spending import SpendingQueries
from .subscriptions import Subscription


@strawberry.type(description="Reading.")
class Query(
    ViewerQueries, NodeQueries, MenuQueries, OrderQueries, ReorderQueries, BoardQueries,
    FacilityQueries, DriverQueries, PeopleQueries, SpendingQueries,
):  # fmt: skip
    """All reading starts here."""


@strawberry.type(description="Intentions. Each answers with the thing as it is then, or why not.")
class Mutation(
    SessionMutations, Securing, Inviting, Closing, Ordering, Amending, Reordering, Archiving,
    RatingMutations, Resolving, Kitchens, Hosting, Composing, Supplying, Choosing, Driving,
    Offering, Travelling, Approving, Organising, Refunding,
):  # fmt: skip
    """All writing starts here."""


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[
        Delivery, Driver, Facility, KitchenTicket, Offer, Order, Organisation, Product,
        Resolution, Restaurant, User,
    ],
    config=StrawberryConfig(scalar_map=SCALARS),
)  # fmt: skip


def sdl() -> str:
    """The schema as text, as it is committed in `schema.graphql`.

    Without the definition of `@oneOf`: GraphQL itself has it since September 2025.
    """
    return schema.as_str().replace("directive @oneOf on INPUT_OBJECT\n\n", "", 1) + "\n"
