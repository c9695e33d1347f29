"""shifts of drivers, and their breaks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("DRIVER_BACK", "DRIVER_ON_BREAK", "DRIVER_SHIFT")
WAITS = ("break_over", "shift_over")


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    op.add_column(
        "drivers",
        sa.Column(
            "shift_ends_at",
            sa.DateTime(timezone=True),
            comment="From then on he is asked for nothing more; what he carries, he brings.",
        ),
    )
    op.add_column(
        "drivers",
        sa.Column(
            "break_until",
            sa.DateTime(timezone=True),
            comment="Until then he is not asked.",
        ),
    )


def downgrade() -> None:
    op.drop_column("drivers", "break_until")
    op.drop_column("drivers", "shift_ends_at")
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM tasks WHERE kind = ANY(:waits)"), {"waits": list(WAITS)})
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(KINDS)})
    words.dismiss("events", "kind", "eventkind", *KINDS)
