"""What drivers do, and the office that says who carries what."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from catering.domain.deliveries import (
    CARRIED,
    LIVE,
    DeliveryAction,
    DeliveryStatus,
    StopKind,
    StopStatus,
)
from catering.domain.geography import Point
from catering.domain.offers import OfferStatus
from catering.domain.people import Actor, Role
from catering.domain.refusals import WrongProof
from catering.models import Delivery, Offer, Stop
from catering.services import appointing, driving, offering, suspending, travelling
from tests.services.acting import step
from tests.world import AT_KITCHEN, DOOR

from .living import WHICH, Living, one

PLACES = [AT_KITCHEN, DOOR.point, Point(50.50, 30.60)]
DRIVER = st.integers(0, 2)


class Driving(Living):
    """Drivers come and go, and carry what they said yes to."""

    @initialize()
    def all_drivers_come_online(self) -> None:
        for driver in self.drivers:
            self.must(step(driving.go_online, AT_KITCHEN, by=driver))

    @rule(who=DRIVER, place=st.sampled_from([*PLACES, None]))
    def a_driver_comes_or_goes(self, who: int, place: Point | None) -> None:
        by = self.drivers[who]
        if place is None:
            self.may(step(driving.go_offline, None, by=by))
        elif self.seen.drivers[who].suspended_at is not None:
            self.must(step(suspending.reinstate, self.seen.drivers[who].id, by=self.world.manager))
        else:
            self.may(step(driving.go_online, place, by=by))

    @rule(who=DRIVER, place=st.sampled_from(PLACES), seconds=st.sampled_from([0, 400]))
    def a_driver_says_where_he_is(self, who: int, place: Point, seconds: int) -> None:
        at = self.seen.now - timedelta(seconds=seconds)
        self.may(step(driving.report_position, place, at, by=self.drivers[who]))

    @rule(which=WHICH)
    @precondition(lambda self: self.offered)
    def a_driver_accepts(self, which: int) -> None:
        offer = one(self.offered, which)
        self.must(step(offering.accept, offer.id, by=self.asked_driver(offer)))

    @rule(which=WHICH)
    @precondition(lambda self: self.offered)
    def a_driver_declines(self, which: int) -> None:
        offer = one(self.offered, which)
        self.must(step(offering.decline, offer.id, by=self.asked_driver(offer)))

    @rule(which=WHICH)
    @precondition(lambda self: self.over)
    def a_driver_says_yes_too_late(self, which: int) -> None:
        offer = one(self.over, which)
        taken = self.may(step(offering.accept, offer.id, by=self.asked_driver(offer)))
        assert not taken, f"an offer that was {offer.status} could be accepted"

    @rule(which=WHICH)
    @precondition(lambda self: self.next_stops)
    def a_driver_arrives(self, which: int) -> None:
        stop = one(self.next_stops, which)
        self.must(step(travelling.arrive, stop.id, None, by=self.carrier(stop.delivery)))

    @rule(which=WHICH)
    @precondition(lambda self: self.at(StopKind.PICKUP))
    def a_driver_collects(self, which: int) -> None:
        """Refused only while the kitchen waits to hear what comes instead of something."""
        stop = one(self.at(StopKind.PICKUP), which)
        by = self.carrier(stop.delivery)
        self.may(step(travelling.complete, stop.id, None, None, None, by=by))

    @rule(which=WHICH)
    @precondition(lambda self: self.at(StopKind.DROPOFF))
    def a_driver_hands_over(self, which: int) -> None:
        stop = one(self.at(StopKind.DROPOFF), which)
        by, pin = self.carrier(stop.delivery), stop.whole().pin
        proved = self.must(step(travelling.complete, stop.id, pin, None, None, by=by))
        assert isinstance(proved, Stop) or stop.whole().pin_failures >= travelling.PIN_TRIES

    @rule(which=WHICH)
    @precondition(lambda self: self.at(StopKind.DROPOFF))
    def a_pin_is_wrong(self, which: int) -> None:
        stop = one(self.at(StopKind.DROPOFF), which)
        by, wrong = self.carrier(stop.delivery), f"not {stop.whole().pin}"
        proved = self.must(step(travelling.complete, stop.id, wrong, None, None, by=by))
        assert isinstance(proved, WrongProof)

    @rule(which=WHICH)
    @precondition(lambda self: self.at(StopKind.DROPOFF))
    def nobody_answers_a_driver_at_the_door(self, which: int) -> None:
        delivery = one(self.at(StopKind.DROPOFF), which).delivery
        self.must(step(travelling.try_contact, delivery.id, None, by=self.carrier(delivery)))

    @rule(which=WHICH)
    @precondition(lambda self: self.empty_handed)
    def a_driver_gives_it_back(self, which: int) -> None:
        delivery = one(self.empty_handed, which)
        self.must(step(travelling.release, delivery.id, by=self.carrier(delivery)))

    @property
    def drivers(self) -> list[Actor]:
        """In the order in which they are seen."""
        return [Actor(driver.id, Role.DRIVER) for driver in self.seen.drivers]

    def carrier(self, delivery: Delivery) -> Actor:
        return Actor(delivery.driver_id, Role.DRIVER)

    def asked_driver(self, offer: Offer) -> Actor:
        return Actor(offer.driver_id, Role.DRIVER)

    @property
    def online(self) -> set[UUID]:
        return {driver.id for driver in self.seen.drivers if driver.online}

    @property
    def offered(self) -> list[Offer]:
        """What a driver can say yes to just now."""
        busy = {delivery.driver_id for delivery in self.carried}
        return [
            offer
            for offer in self.seen.offers
            if offer.status is OfferStatus.SENT
            and offer.expires_at > self.seen.now
            and offer.driver_id in self.online - busy
        ]

    @property
    def over(self) -> list[Offer]:
        """What nobody can say yes to any more, or once again; the latest first."""
        open, now = OfferStatus.SENT, self.seen.now
        over = [o for o in self.seen.offers if o.status is not open or o.expires_at <= now]
        return over[::-1]

    @property
    def under_way(self) -> list[Delivery]:
        """Those that have not ended."""
        return [d for d in self.seen.deliveries if d.status in LIVE]

    @property
    def carried(self) -> list[Delivery]:
        """By drivers of ours."""
        return [d for d in self.seen.deliveries if d.driver_id and d.status in CARRIED]

    @property
    def empty_handed(self) -> list[Delivery]:
        return [d for d in self.carried if d.can(DeliveryAction.RELEASE) and not d.started]

    @property
    def next_stops(self) -> list[Stop]:
        """Where somebody can arrive next: at any kitchen, and then at the door."""
        return [stop for delivery in self.carried for stop in self._next(delivery)]

    def at(self, kind: StopKind) -> list[Stop]:
        """The stops at which somebody is."""
        return [
            stop
            for delivery in self.carried
            for stop in delivery.stops
            if stop.kind is kind and stop.status is StopStatus.ARRIVED
            if delivery.status in {DeliveryStatus.AT_PICKUP, DeliveryStatus.AT_DROPOFF}
        ]

    def _next(self, delivery: Delivery) -> list[Stop]:
        if any(stop.status is StopStatus.ARRIVED for stop in delivery.stops):
            return []
        if delivery.status is DeliveryStatus.TO_DROPOFF:
            return [delivery.dropoff]
        on_the_way = {DeliveryStatus.ASSIGNED, DeliveryStatus.TO_PICKUP}
        left = [stop for stop in delivery.pickups if stop.status is StopStatus.PENDING]
        return left if delivery.status in on_the_way else []


class Deciding(Driving):
    """The office says who carries a delivery, and who may drive at all."""

    @rule(which=WHICH, who=DRIVER)
    @precondition(lambda self: self.under_way)
    def the_office_appoints(self, which: int, who: int) -> None:
        delivery, driver = one(self.under_way, which), self.drivers[who]
        by = self.world.manager
        assert driver.id is not None
        self.may(step(appointing.appoint, delivery.id, driver.id, by=by))

    @rule(which=WHICH)
    @precondition(lambda self: self.carried)
    def the_office_releases(self, which: int) -> None:
        delivery = one(self.carried, which)
        self.may(step(travelling.release, delivery.id, by=self.world.manager))

    @rule(which=WHICH)
    @precondition(lambda self: self.carried)
    def the_office_ends_a_stop(self, which: int) -> None:
        stop = one([s for d in self.carried for s in d.stops], which)
        self.may(step(travelling.complete, stop.id, None, None, None, by=self.world.manager))

    @rule(which=WHICH)
    @precondition(lambda self: self.carried)
    def a_driver_is_suspended(self, which: int) -> None:
        """Until he comes again, see above."""
        driver = one(self.carried, which).driver_id
        assert driver is not None
        self.must(step(suspending.suspend, driver, "Papers.", by=self.world.manager))
