"""postponing: the order in which a line comes later."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "lines",
        sa.Column(
            "postponed_to_id",
            sa.Uuid(),
            nullable=True,
            comment="The order in which it comes later.",
        ),
    )
    op.add_column(
        "lines",
        sa.Column(
            "holds_stock",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="Whether some was taken off the shelf for it.",
        ),
    )
    op.create_foreign_key(
        op.f("fk_lines_postponed_to_id"), "lines", "orders", ["postponed_to_id"], ["id"]
    )
    words.admit("events", "kind", "eventkind", "LINE_POSTPONED")


def downgrade() -> None:
    # History is kept: rows that hold the word stay, and no new ones come.
    words.dismiss("events", "kind", "eventkind", "LINE_POSTPONED")
    op.drop_column("lines", "holds_stock")
    op.drop_column("lines", "postponed_to_id")
