"""what nobody wants back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("DELIVERY_DISCARDED",)


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    words.admit("deliveries", "status", "deliverystatus", "DISCARDED")
    op.add_column(
        "restaurants",
        sa.Column(
            "discards_undelivered",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="It does not want back what could not be delivered.",
        ),
    )


def downgrade() -> None:
    op.drop_column("restaurants", "discards_undelivered")
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE deliveries SET status = 'RETURNED' WHERE status = 'DISCARDED'"))
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(KINDS)})
    words.dismiss("deliveries", "status", "deliverystatus", "DISCARDED")
    words.dismiss("events", "kind", "eventkind", *KINDS)
