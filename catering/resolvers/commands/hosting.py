"""Intentions about restaurants."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import LONGEST_NOTE, decoded, short
from catering.schema.commands.hosting import (
    ChangeRestaurantDetailsInput,
    ChangeRestaurantDetailsPayload,
    ClearExceptionalDayInput,
    ClearExceptionalDayPayload,
    CreateRestaurantInput,
    CreateRestaurantPayload,
    PauseRestaurantInput,
    PauseRestaurantPayload,
    ResumeRestaurantInput,
    ResumeRestaurantPayload,
    SetBusyModeInput,
    SetBusyModePayload,
    SetDeliveryZoneInput,
    SetDeliveryZonePayload,
    SetExceptionalDayInput,
    SetExceptionalDayPayload,
    SetKitchenCapacityInput,
    SetKitchenCapacityPayload,
    SetOpeningHoursInput,
    SetOpeningHoursPayload,
)
from catering.schema.exposing import Info
from catering.schema.hours import week
from catering.services import hosting


@strawberry.type
class Hosting:
    @command
    async def create_restaurant(
        self, info: Info, input: CreateRestaurantInput
    ) -> CreateRestaurantPayload | None:
        """Add a restaurant; it is closed until `setOpeningHours` says otherwise."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            return await hosting.create(session, input.founding(), by=by)

        return await perform(info, CreateRestaurantPayload, input, do)

    @command
    async def change_restaurant_details(
        self, info: Info, input: ChangeRestaurantDetailsInput
    ) -> ChangeRestaurantDetailsPayload | None:
        """Give a restaurant another name, telephone, address or usual preparation time."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.change(session, id, input.facts(), by=by)

        return await perform(info, ChangeRestaurantDetailsPayload, input, do)

    @command
    async def set_opening_hours(
        self, info: Info, input: SetOpeningHoursInput
    ) -> SetOpeningHoursPayload | None:
        """Say when a restaurant is open in an ordinary week."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.open_at(session, id, week(input.days), input.time_zone, by=by)

        return await perform(info, SetOpeningHoursPayload, input, do)

    @command
    async def set_exceptional_day(
        self, info: Info, input: SetExceptionalDayInput
    ) -> SetExceptionalDayPayload | None:
        """Say when a restaurant is open on one day that is not as ever, or that it is closed."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            spans = [list(span.span()) for span in input.spans]
            return await hosting.open_on(session, id, input.date, spans, by=by)

        return await perform(info, SetExceptionalDayPayload, input, do)

    @command
    async def clear_exceptional_day(
        self, info: Info, input: ClearExceptionalDayInput
    ) -> ClearExceptionalDayPayload | None:
        """Make a day as ever again."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.open_on(session, id, input.date, None, by=by)

        return await perform(info, ClearExceptionalDayPayload, input, do)

    @command
    async def set_delivery_zone(
        self, info: Info, input: SetDeliveryZoneInput
    ) -> SetDeliveryZonePayload | None:
        """Say where a restaurant delivers from now on. What is ordered already is carried."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.deliver_within(session, id, input.zone.zone(), by=by)

        return await perform(info, SetDeliveryZonePayload, input, do)

    @command
    async def pause_restaurant(
        self, info: Info, input: PauseRestaurantInput
    ) -> PauseRestaurantPayload | None:
        """Take no orders for a while; it ends by itself. What was ordered before is cooked."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            reason = short(input.reason, LONGEST_NOTE, "reason")
            return await hosting.pause(session, id, input.until, reason, by=by)

        return await perform(info, PauseRestaurantPayload, input, do)

    @command
    async def resume_restaurant(
        self, info: Info, input: ResumeRestaurantInput
    ) -> ResumeRestaurantPayload | None:
        """End a pause before its time."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.resume(session, id, by=by)

        return await perform(info, ResumeRestaurantPayload, input, do)

    @command
    async def set_busy_mode(self, info: Info, input: SetBusyModeInput) -> SetBusyModePayload | None:
        """Need some minutes more than usual for a while; it ends by itself."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.slow_down(session, id, input.extra_minutes, input.until, by=by)

        return await perform(info, SetBusyModePayload, input, do)

    @command
    async def set_kitchen_capacity(
        self, info: Info, input: SetKitchenCapacityInput
    ) -> SetKitchenCapacityPayload | None:
        """Say how many tickets a kitchen takes on at a time. What was ordered before is cooked."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await hosting.take_on(session, id, input.capacity(), by=by)

        return await perform(info, SetKitchenCapacityPayload, input, do)
