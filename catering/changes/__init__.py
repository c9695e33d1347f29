"""Live updates: follow a channel, be woken when something happened there.

What crosses Redis is only the wake-up. Whoever is woken reads the truth from PostgreSQL, under
his own rights; a wake-up may come late, doubled, or for nothing, but a change is never missed.
"""

from .connecting import blocking_redis as blocking_redis
from .connecting import redis as redis
from .hub import Changes as Changes
from .hub import Hub as Hub
from .sparing import AFTER as AFTER
from .sparing import PATIENCE as PATIENCE
from .sparing import Sparing as Sparing
from .telling import beat as beat
from .telling import channel as channel
from .telling import publish as publish
from .whereabouts import Lookout as Lookout
from .whereabouts import Nowhere as Nowhere
from .whereabouts import Whereabouts as Whereabouts
