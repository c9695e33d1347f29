"""GraphQL over HTTP and WebSocket: who is calling, how much he may ask for, what he is told."""

from .endpoint import Endpoint as Endpoint
from .guarding import Guard as Guard
from .guarding import Schema as Schema
