"""Intentions about ratings."""

from __future__ import annotations

from typing import Annotated

from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.ratings import Rating
from catering.schema.refusals import (
    AccountSuspended,
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    NotFound,
)


@asks
class RateRestaurantInput:
    order_id: ID
    restaurant_id: ID
    stars: int
    idempotency_key: str
    comment: str | None = None


RateRestaurantError = Annotated[
    AccountSuspended | ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("RateRestaurantError"),
]


@answers
class RateRestaurantPayload(Payload):
    errors: list[RateRestaurantError]
    query = onwards()
    rating = shows(Rating, models.Rating)


@asks
class RateDriverInput:
    order_id: ID
    stars: int
    idempotency_key: str
    comment: str | None = None


RateDriverError = Annotated[
    AccountSuspended | ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("RateDriverError"),
]


@answers
class RateDriverPayload(Payload):
    errors: list[RateDriverError]
    query = onwards()
    rating = shows(Rating, models.Rating)


@asks
class ReplyToRatingInput:
    rating_id: ID
    text: str
    idempotency_key: str


ReplyToRatingError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound, why_not("ReplyToRatingError")
]


@answers
class ReplyToRatingPayload(Payload):
    errors: list[ReplyToRatingError]
    query = onwards()
    rating = shows(Rating, models.Rating)
