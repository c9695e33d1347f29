"""The tables, with their in-memory verbs; no queries run here, and no session is known."""

from .base import Base as Base
from .delivery import Booking as Booking
from .delivery import Delivery as Delivery
from .delivery import Offer as Offer
from .delivery import Stop as Stop
from .menus import Category as Category
from .menus import PriceChange as PriceChange
from .menus import Product as Product
from .menus import ProviderAccount as ProviderAccount
from .menus import Restaurant as Restaurant
from .order import Order as Order
from .people import Driver as Driver
from .people import Session as Session
from .people import SigningKey as SigningKey
from .people import Staff as Staff
from .people import User as User
from .secret import Secret as Secret
from .ticket import Line as Line
from .ticket import Resolution as Resolution
from .ticket import Ticket as Ticket
from .work import Announced as Announced
from .work import Event as Event
from .work import IdempotencyKey as IdempotencyKey
from .work import Task as Task
from .work import TaskState as TaskState
from .work import Webhook as Webhook
