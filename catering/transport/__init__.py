"""GraphQL over HTTP, WebSocket and server-sent events.

Who is calling, how much he may ask for, what he is told.
"""

from .endpoint import Endpoint as Endpoint
from .executing import Schema as Schema
from .surrounding import Surrounding as Surrounding
