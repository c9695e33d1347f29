"""Intentions about menus."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import strawberry
from strawberry import ID

from catering import models
from catering.domain.ids import Prefix
from catering.domain.products import Allergen, Diet, ProductKind
from catering.schema.answering import Payload, onwards, shows
from catering.schema.asking import decoded
from catering.schema.describing import answers, asks, why_not
from catering.schema.menus import MenuCategory, Product, Restaurant
from catering.schema.refusals import IdempotencyConflict, InvalidInput, NotFound
from catering.schema.scalars import URL
from catering.schema.values import MoneyInput


@asks
class AddCategoryInput:
    restaurant_id: ID
    name: str


AddCategoryError = Annotated[InvalidInput | NotFound, why_not("AddCategoryError")]


@answers
class AddCategoryPayload(Payload):
    errors: list[AddCategoryError]
    query = onwards()
    category = shows(MenuCategory, models.Category)


@asks
class RenameCategoryInput:
    category_id: ID
    name: str


RenameCategoryError = Annotated[InvalidInput | NotFound, why_not("RenameCategoryError")]


@answers
class RenameCategoryPayload(Payload):
    errors: list[RenameCategoryError]
    query = onwards()
    category = shows(MenuCategory, models.Category)


@asks
class RemoveCategoryInput:
    category_id: ID


RemoveCategoryError = Annotated[InvalidInput | NotFound, why_not("RemoveCategoryError")]


@answers
class RemoveCategoryPayload(Payload):
    errors: list[RemoveCategoryError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class AddProductInput:
    category_id: ID
    name: str
    price: MoneyInput
    idempotency_key: str
    kind: ProductKind = ProductKind.DISH
    description: str | None = None
    image: URL | None = None
    preparation_time: timedelta | None = None
    allergens: list[Allergen] | None = None
    diets: list[Diet] | None = None

    def facts(self) -> dict[str, Any]:
        """The same for the domain."""
        return {
            "name": self.name,
            "description": self.description,
            "image": self.image,
            "preparation": self.preparation_time,
            "allergens": words(self.allergens),
            "diets": words(self.diets) or [],
        }


AddProductError = Annotated[
    IdempotencyConflict | InvalidInput | NotFound, why_not("AddProductError")
]


@answers
class AddProductPayload(Payload):
    errors: list[AddProductError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class ChangeProductDetailsInput:
    """What is left out stays as it is; null forgets it."""

    product_id: ID
    name: str | None = strawberry.UNSET
    category_id: ID | None = strawberry.UNSET
    description: str | None = strawberry.UNSET
    image: URL | None = strawberry.UNSET
    preparation_time: timedelta | None = strawberry.UNSET
    allergens: list[Allergen] | None = strawberry.UNSET
    diets: list[Diet] | None = strawberry.UNSET

    def facts(self) -> dict[str, Any]:
        """The same for the domain. Raises `Refused(NotFound)`."""
        told = {
            "name": self.name,
            "description": self.description,
            "image": self.image,
            "preparation": self.preparation_time,
            "allergens": words(self.allergens),
            "diets": words(self.diets),
        }
        if told["diets"] is None:
            told["diets"] = []
        if self.category_id:
            told["category_id"] = decoded(Prefix.CATEGORY, self.category_id, "categoryId")
        return {name: value for name, value in told.items() if value is not strawberry.UNSET}


ChangeProductDetailsError = Annotated[InvalidInput | NotFound, why_not("ChangeProductDetailsError")]


@answers
class ChangeProductDetailsPayload(Payload):
    errors: list[ChangeProductDetailsError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class ChangeProductPriceInput:
    product_id: ID
    price: MoneyInput


ChangeProductPriceError = Annotated[InvalidInput | NotFound, why_not("ChangeProductPriceError")]


@answers
class ChangeProductPricePayload(Payload):
    errors: list[ChangeProductPriceError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class RemoveProductInput:
    """Orders keep what they say about it."""

    product_id: ID


RemoveProductError = Annotated[NotFound, why_not("RemoveProductError")]


@answers
class RemoveProductPayload(Payload):
    errors: list[RemoveProductError]
    query = onwards()
    product = shows(Product, models.Product)


def words(given: Any) -> Any:
    """Words as they are stored, each once and in order; what is no list stays what it is."""
    return sorted(set(map(str, given))) if isinstance(given, list) else given
