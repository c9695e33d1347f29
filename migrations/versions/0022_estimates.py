"""estimates, and promises that cannot be kept."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("ORDER_ESTIMATED", "ORDER_DELAYED")
REASONS = ("KITCHEN_LATE", "ANSWER_AWAITED", "NO_CARRIER_YET", "COURIER_LATE")
MOMENTS = {
    "delayed_at": "When all were told last that it comes later than promised.",
    "delayed_until": "The new time that they were told.",
}


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    way = "From its farthest kitchen to the door, as long as its journey is not planned."
    op.add_column("orders", sa.Column("way_seconds", sa.Integer(), comment=way))
    for name, told in MOMENTS.items():
        op.add_column("orders", sa.Column(name, sa.DateTime(timezone=True), comment=told))
    reason = sa.Enum(
        *REASONS, name="delayreason", native_enum=False, length=32, create_constraint=True
    )
    op.add_column("orders", sa.Column("delay_reason", reason))
    told = "What our driver goes with."
    op.add_column("deliveries", sa.Column("vehicle", sa.Text(), comment=told))
    way = "From the stop before, as planned, at the usual speed of a courier."
    op.add_column("stops", sa.Column("way_seconds", sa.Integer(), comment=way))
    at = sa.DateTime(timezone=True)
    op.add_column(
        "bookings", sa.Column("estimated_at", at, comment="When they say they are there.")
    )


def downgrade() -> None:
    op.drop_column("bookings", "estimated_at")
    op.drop_column("stops", "way_seconds")
    op.drop_column("deliveries", "vehicle")
    for name in ("delay_reason", "delayed_until", "delayed_at", "way_seconds"):
        op.drop_column("orders", name)
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(KINDS)})
    words.dismiss("events", "kind", "eventkind", *KINDS)
