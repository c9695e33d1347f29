"""What the simulated outside world is told before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Configuration:
    """Credentials, places and pace. The defaults are those of the demo data: none is a secret.

    `speed` is how many simulated seconds pass in a real one; 0 stands still until told to advance.
    `begins` is what its clock shows first, instead of the present.
    `items` are what is sold from the start: (provider, SKU, name, kopecks). With `sells_anything`
    an unknown item is sold too, and known from its first order on; a real kitchen would refuse it.
    """

    speed: float = 60.0
    seed: int = 1
    begins: datetime | None = None

    open_kitchen_key: str = "demo-silpo-key-0123456789abcdef0123"
    open_kitchen_spots: tuple[str, ...] = ("gulliver",)

    poster_token: str = "demo:0123456789abcdef0123456789abcdef"  # noqa: S105
    poster_account: str = "demo"
    poster_application_secret: str = "demo-poster-application-secret-0001"  # noqa: S105
    poster_spots: tuple[int, ...] = (1, 2, 3, 4, 5)
    poster_time_zone: str = "Europe/Kyiv"
    poster_webhook_url: str | None = None

    uklon_app_uid: str = "demo-uklon-app"
    uklon_client_id: str = "demo-uklon-client"
    uklon_client_secret: str = "demo-uklon-client-secret-000000001"  # noqa: S105

    uber_client_id: str = "demo-uber-client"
    uber_client_secret: str = "demo-uber-client-secret-000000000001"  # noqa: S105
    uber_customer_id: str = "demo-customer"
    uber_signing_key: str = "demo-uber-signing-key-00000000000001"
    uber_webhook_url: str | None = None

    kasa_key: str = "demo-kasa-key-0123456789abcdef000001"
    kasa_signing_secret: str = "demo-kasa-signing-secret-0000000001"  # noqa: S105
    kasa_webhook_url: str | None = None

    currency: str = "UAH"
    items: tuple[tuple[str, str, str, int], ...] = ()
    sells_anything: bool = True
