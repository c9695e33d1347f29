"""The live documents, and what is asked of them."""

from __future__ import annotations

from uuid import UUID

from catering.domain import ids
from catering.domain.ids import Prefix

ORDER = """subscription ($id: ID!, $after: String) { orderChanged(id: $id, after: $after) {
  __typename ... on LiveEvent { position occurredAt }
  ... on OrderChanged { kind order { id status } } ... on StreamReset { reason } } }"""
KITCHEN = """subscription ($id: ID!, $after: String) {
  kitchenFeed(restaurantId: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on TicketChanged { kind ticket { id status } } } }"""
DRIVER = """subscription ($after: String) { driverFeed(after: $after) {
  __typename ... on LiveEvent { position } ... on OfferChanged { offer { id } }
  ... on AssignmentChanged { delivery { id status } } } }"""
BOARD = """subscription ($filter: OrderFilter, $after: String) {
  orderBoardChanged(filter: $filter, after: $after) {
  __typename ... on LiveEvent { position }
  ... on BoardCardChanged { previousStatus order { id status } }
  ... on BoardCardRemoved { orderId } } }"""
TRACKING = """subscription ($id: ID!, $after: String) { deliveryTracked(id: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on PositionChanged { at { latitude longitude } }
  ... on TrackingEnded { status } } }"""
MENU = """subscription ($id: ID!, $after: String) { menuChanged(restaurantId: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on ProductChanged { product { id } } } }"""


def text(prefix: Prefix, id: UUID) -> str:
    return ids.encode(prefix, id)
