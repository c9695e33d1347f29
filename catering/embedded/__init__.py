"""PostgreSQL and Valkey without an installation: ours to start, and gone when we are gone.

with embedded.start(settings.data, postgres=True, redis=True) as servers:
    servers.database_url, servers.redis_url
"""

from catering.embedded.refusing import CannotStart
from catering.embedded.serving import Server
from catering.embedded.starting import Servers, start

__all__ = ["CannotStart", "Server", "Servers", "start"]
