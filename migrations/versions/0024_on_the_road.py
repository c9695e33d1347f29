"""arriving by position, calling at the door, and leaving it there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("DELIVERY_CONTACT_TRIED",)


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    near = "The stop at which its courier was when he was seen last."
    op.add_column("deliveries", sa.Column("near_stop_id", sa.Uuid(), comment=near))
    op.add_column(
        "deliveries",
        sa.Column(
            "contact_tries",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How often he called the customer at the door.",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "leave_at_door",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="A photo is proof enough there.",
        ),
    )


def downgrade() -> None:
    op.drop_column("orders", "leave_at_door")
    op.drop_column("deliveries", "contact_tries")
    op.drop_column("deliveries", "near_stop_id")
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(KINDS)})
    words.dismiss("events", "kind", "eventkind", *KINDS)
