"""Outside systems in one process: real HTTP, their real shapes, and faults when asked for.

Knows nothing of the platform. What it checks and signs it checks and signs with its own code, so
that a mistake on one side is not repeated on the other.
"""

from catering.simulator.configuration import Configuration
from catering.simulator.serving import application, serve

__all__ = ["Configuration", "application", "serve"]
