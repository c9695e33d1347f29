"""zones of drivers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import words

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KIND = "DRIVER_ZONE"
VERDICT = "OUTSIDE_ZONE"


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", KIND)
    words.admit("considerations", "verdict", "verdict", VERDICT)
    op.add_column(
        "drivers",
        sa.Column(
            "zone",
            postgresql.JSONB(),
            comment="He is asked for nothing outside: an outline, or a centre and a radius.",
        ),
    )
    # Nobody has such a reason yet: the index is built in a moment.
    op.create_index(
        "uq_considerations_outside",
        "considerations",
        ["delivery_id", "driver_id"],
        unique=True,
        postgresql_where=sa.text(f"verdict = '{VERDICT}'"),
    )


def downgrade() -> None:
    op.drop_index("uq_considerations_outside", "considerations")
    op.drop_column("drivers", "zone")
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM considerations WHERE verdict = :why"), {"why": VERDICT})
    bind.execute(sa.text("DELETE FROM events WHERE kind = :told"), {"told": KIND})
    words.dismiss("considerations", "verdict", "verdict", VERDICT)
    words.dismiss("events", "kind", "eventkind", KIND)
