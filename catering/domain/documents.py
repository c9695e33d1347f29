"""The papers that a driver hands in, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from .refusals import InvalidInput

NUMBER_LENGTH: Final = range(1, 61)


class DocumentKind(StrEnum):
    """What a document shows."""

    IDENTITY = "IDENTITY"
    DRIVING_LICENCE = "DRIVING_LICENCE"
    VEHICLE_REGISTRATION = "VEHICLE_REGISTRATION"
    INSURANCE = "INSURANCE"
    WORK_PERMIT = "WORK_PERMIT"
    HEALTH_CERTIFICATE = "HEALTH_CERTIFICATE"


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: its number, a picture of it, or both; until when it is good, if it ends."""

    kind: DocumentKind
    number: str | None = None
    url: str | None = None
    expires_on: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether it is good no more. It is good on its last day."""
        return self.expires_on is not None and self.expires_on < today


def faults(papers: Sequence[Paper], today: date) -> Iterator[InvalidInput]:
    """What is wrong with a set of documents, all of it, each with its place in the list."""
    kinds = [paper.kind for paper in papers]
    for place, paper in enumerate(papers):
        at = ("documents", str(place))
        if paper.kind in kinds[:place]:
            yield InvalidInput("One document of each kind.", (*at, "kind"), rule="unique")
        if paper.number is None and paper.url is None:
            yield InvalidInput("A number, a picture, or both.", at, rule="required")
        if paper.number is not None and (
            len(paper.number.strip()) not in NUMBER_LENGTH or not paper.number.isprintable()
        ):
            yield InvalidInput("A number has 1 to 60 characters.", (*at, "number"), rule="length")
        if paper.is_over(today):
            yield InvalidInput("It is good no more.", (*at, "expiresOn"), rule="expired")
