"""One command that runs everything on this machine, and keeps it running."""

from catering.supervising.children import Child
from catering.supervising.household import Household
from catering.supervising.telling import Teller
from catering.supervising.upping import up

__all__ = ["Child", "Household", "Teller", "up"]
