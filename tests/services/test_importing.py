from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from catering import database
from catering.database import Transaction
from catering.domain.choices import Choices
from catering.domain.events import EventKind
from catering.domain.menu_files import MenuFile, read
from catering.domain.people import SYSTEM
from catering.domain.products import AvailabilitySource, ProductKind
from catering.domain.refusals import NotFound, Refused
from catering.models import Category, Event, Product, Restaurant
from catering.services import choices, importing
from catering.services.importing import Imported
from tests.world import World

HEADER = "category,name,description,price,kind,stock,external id"
BORSCHT = "Soups,Borscht,With sour cream,89.50,DISH,,1001"
SOLYANKA = "Soups,Solyanka,,105,DISH,,1002"
JUICE = "Drinks,Juice,,60,GOODS,10,2001"
NAPKINS = "Other,Napkins,,15,GOODS,50,"

Take = Callable[..., Awaitable[Imported]]


def menu(*lines: str) -> MenuFile:
    return read("\n".join([HEADER, *lines]), "menu.csv")


@pytest.fixture
def take(transaction: Transaction) -> Take:
    """Import lines of a file into an empty restaurant, which is there from the first time on."""

    async def take(*lines: str) -> Imported:
        async with transaction() as session:
            if not await session.scalar(select(Restaurant.id).where(Restaurant.slug == "bistro")):
                session.add(bistro())
        async with transaction() as session:
            return await importing.import_menu(session, "bistro", menu(*lines), by=SYSTEM)

    return take


def bistro() -> Restaurant:
    return Restaurant(
        slug="bistro", name="Bistro", phone="+380443332101", address_line="вул. Хрещатик, 1",
        latitude=50.44, longitude=30.52, time_zone="Europe/Kyiv", currency="UAH",
        preparation_minutes=15, opening_hours={},
    )  # fmt: skip


class Shelf:
    """What is sold, and what was told of it since the last look."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction, self._seen = transaction, 0

    async def products(self) -> dict[str, Product]:
        query = select(Product).join(Restaurant).where(Restaurant.slug == "bistro")
        async with self._transaction() as session:
            return {product.name: product for product in await session.scalars(query)}

    async def chapters(self) -> list[str]:
        query = select(Category.name).join(Restaurant).where(Restaurant.slug == "bistro")
        async with self._transaction() as session:
            return list(await session.scalars(query.order_by(Category.rank)))

    async def news(self) -> list[str]:
        """The names of the products that something was told of, since last asked."""
        query = (
            select(Event.id, Product.name)
            .join(Product, Product.id == Event.subject_id)
            .where(Event.kind == EventKind.PRODUCT_CHANGED, Event.id > self._seen)
            .order_by(Event.id)
        )
        async with self._transaction() as session:
            rows: Sequence[tuple[int, str]] = [(id, n) for id, n in await session.execute(query)]
        self._seen = max([self._seen, *(id for id, _ in rows)])
        return sorted(name for _, name in rows)


@pytest.fixture
def shelf(transaction: Transaction) -> Shelf:
    return Shelf(transaction)


async def test_a_new_menu_is_added_in_the_order_of_the_file(take: Take, shelf: Shelf) -> None:
    assert await take(BORSCHT, JUICE, SOLYANKA) == Imported(added=3)

    products = await shelf.products()
    borscht, juice = products["Borscht"], products["Juice"]
    assert await shelf.chapters() == ["Soups", "Drinks"]
    assert (borscht.price, borscht.kind, borscht.stock) == (8950, ProductKind.DISH, None)
    assert (borscht.external_id, borscht.description) == ("1001", "With sour cream")
    assert (juice.kind, juice.stock, juice.unavailable) == (ProductKind.GOODS, 10, False)
    assert [products[name].rank for name in ("Borscht", "Solyanka", "Juice")] == [0, 1, 0]
    assert await shelf.news() == ["Borscht", "Juice", "Solyanka"]


async def test_the_same_file_again_changes_nothing(take: Take, shelf: Shelf) -> None:
    await take(BORSCHT, JUICE, NAPKINS)
    before = {name: product.updated_at for name, product in (await shelf.products()).items()}
    await shelf.news()

    assert await take(BORSCHT, JUICE, NAPKINS) == Imported(unchanged=3)

    assert {name: it.updated_at for name, it in (await shelf.products()).items()} == before
    assert await shelf.news() == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Soups,Borscht,With sour cream,95,DISH,,1001", True),
        ("Soups,Borscht,With sour cream,89.50,DISH,3,1001", True),
        ("Soups,Borscht,With pampushky,89.50,DISH,,1001", False),
        ("Soups,Borscht,With sour cream,89.50,GOODS,,1001", False),
        ("Soups,Red borscht,With sour cream,89.50,DISH,,1001", False),
        ("Starters,Borscht,With sour cream,89.50,DISH,,1001", False),
        ("Soups,Borscht,With sour cream,89.50,DISH,,1009", False),
    ],
)
async def test_whatever_changed_follows_and_only_price_and_availability_are_told(
    take: Take, shelf: Shelf, line: str, told: bool
) -> None:
    await take(BORSCHT)
    (before,) = (await shelf.products()).values()
    await shelf.news()

    assert await take(line) == Imported(changed=1)

    (after,) = (await shelf.products()).values()
    assert after.id == before.id
    assert await shelf.news() == ([after.name] if told else [])


async def test_a_product_without_an_id_is_known_by_its_name_whatever_its_case(
    take: Take, shelf: Shelf
) -> None:
    await take(NAPKINS)
    napkins = (await shelf.products())["Napkins"]

    assert await take("OTHER,napkins,,20,GOODS,50,") == Imported(changed=1)

    products = await shelf.products()
    assert (products["napkins"].id, products["napkins"].price) == (napkins.id, 2000)
    assert await shelf.chapters() == ["OTHER"]


async def test_a_file_that_is_silent_about_ids_takes_none_away(take: Take, shelf: Shelf) -> None:
    await take(BORSCHT)

    assert await take(BORSCHT.removesuffix("1001")) == Imported(unchanged=1)

    assert (await shelf.products())["Borscht"].external_id == "1001"


async def test_ids_are_believed_before_names(take: Take, shelf: Shelf) -> None:
    await take(BORSCHT, SOLYANKA)
    before = await shelf.products()

    outcome = await take("Soups,Solyanka,,105,DISH,,1001", "Soups,Borscht,,89.50,DISH,,1002")

    after = await shelf.products()
    assert outcome == Imported(changed=2)
    assert after["Solyanka"].id == before["Borscht"].id
    assert after["Borscht"].id == before["Solyanka"].id


async def test_what_the_file_lacks_is_withdrawn_and_comes_back(take: Take, shelf: Shelf) -> None:
    await take(BORSCHT, JUICE)
    await shelf.news()

    assert await take(BORSCHT) == Imported(withdrawn=1, unchanged=1)
    assert (await shelf.products())["Juice"].unavailable
    assert await shelf.news() == ["Juice"]

    assert await take(BORSCHT) == Imported(unchanged=1)
    assert await shelf.news() == []

    assert await take(BORSCHT, JUICE) == Imported(changed=1, unchanged=1)
    assert not (await shelf.products())["Juice"].unavailable
    assert await shelf.news() == ["Juice"]


async def test_a_file_with_a_problem_withdraws_nothing(take: Take, shelf: Shelf) -> None:
    await take(BORSCHT, JUICE)

    outcome = await take("Soups,Borscht,With sour cream,95,DISH,,1001", "Drinks,Juice,,dear,,,2001")

    juice = (await shelf.products())["Juice"]
    assert outcome == Imported(changed=1)
    assert (juice.unavailable, juice.price) == (False, 6000)


async def test_a_menu_is_one_restaurants_own(world: World, transaction: Transaction) -> None:
    async with transaction() as session:
        market = await session.get_one(Restaurant, world.market)
        outcome = await importing.import_menu(session, market.slug, menu(BORSCHT), by=world.manager)

    async with transaction() as session:
        query = select(Product.name).where(Product.unavailable).order_by(Product.name)
        assert list(await session.scalars(query)) == ["Bread", "Juice"]
        told_by = select(Event.actor_role).where(Event.restaurant_id == world.market)
        assert set(await session.scalars(told_by)) == {world.manager.role}
    assert outcome == Imported(added=1, withdrawn=2)


async def test_an_unknown_restaurant_is_refused(transaction: Transaction) -> None:
    async with transaction() as session:
        with pytest.raises(Refused) as refused:
            await importing.import_menu(session, "nowhere", menu(BORSCHT), by=SYSTEM)

        assert [type(refusal) for refusal in refused.value.refusals] == [NotFound]
        borscht = select(Product).where(Product.external_id == "1001")
        assert (await session.scalars(borscht)).all() == []


async def test_a_file_wakes_nothing_that_the_kitchen_snoozed(
    take: Take, shelf: Shelf, transaction: Transaction
) -> None:
    await take(BORSCHT)
    async with transaction() as session:
        until = await database.clock(session) + timedelta(hours=1)
        await session.execute(update(Product).values(snoozed_until=until))

    await take("Soups,Borscht,With sour cream,95,DISH,,1001")

    assert (await shelf.products())["Borscht"].snoozed_until == until


async def test_what_can_be_chosen_follows_the_file_where_it_says_something(
    take: Take, shelf: Shelf, transaction: Transaction
) -> None:
    async def taken(cells: str, header: str = "category,name,price,variants,modifiers") -> Imported:
        async with transaction() as session:
            file = read(f"{header}\nSoups,Borscht,120{cells}", "menu.csv")
            assert file.problems == ()
            return await importing.import_menu(session, "bistro", file, by=SYSTEM)

    async def offered() -> tuple[list[tuple[str, int]], list[tuple[str, str, int]]]:
        id = (await shelf.products())["Borscht"].id
        async with transaction() as session:
            known = (await choices.of(session, [id])).get(id, Choices())
        groups = [(g.row.name, m.name, m.price) for g in known.groups for m in g.modifiers]
        assert {row.source for row in known.variants} <= {AvailabilitySource.FILE}
        return [(row.name, row.price) for row in known.variants], groups

    await take(JUICE)
    cells = ",350 ml = 120; 500 ml = 150,Extras (0-2): Cream = 10; Garlic = 5"
    assert await taken(cells) == Imported(added=1, withdrawn=1)
    both = [("350 ml", 12_000), ("500 ml", 15_000)]
    extras = [("Extras", "Cream", 1_000), ("Extras", "Garlic", 500)]
    assert await offered() == (both, extras)
    await shelf.news()

    assert await taken(cells) == Imported(unchanged=1)
    assert await taken("", header="category,name,price") == Imported(unchanged=1)
    assert (await offered(), await shelf.news()) == ((both, extras), [])

    assert await taken(",1 l = 250; 350 ml = 125,") == Imported(changed=1)
    assert await offered() == ([("1 l", 25_000), ("350 ml", 12_500)], [])
    assert set(await shelf.news()) == {"Borscht"}
