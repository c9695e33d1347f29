"""The schema: all root fields together."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig

from catering.schema.scalars import SCALARS
from catering.transport import Guard, Schema

from .board import BoardQueries
from .mutations import DeliveryMutations, DriverMutations, KitchenMutations, OrderMutations
from .queries import DriverQueries, MenuQueries, NodeQueries, OrderQueries
from .sessions import SessionMutations, ViewerQueries
from .subscriptions import Subscription


@strawberry.type(description="Reading. What is not yours is not there.")
class Query(ViewerQueries, NodeQueries, MenuQueries, OrderQueries, BoardQueries, DriverQueries):
    pass


@strawberry.type(description="Intentions. Each answers with what was done, or why nothing was.")
class Mutation(
    SessionMutations, OrderMutations, KitchenMutations, DriverMutations, DeliveryMutations
):
    pass


schema = Schema(
    Query, Mutation, Subscription, extensions=[Guard], config=StrawberryConfig(scalar_map=SCALARS)
)
