"""changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", "TICKET_CHANGED")
    op.add_column(
        "tickets",
        sa.Column(
            "submitted_at", sa.DateTime(timezone=True), nullable=True,
            comment="Since when the kitchen has it.",
        ),
    )  # fmt: skip
    op.add_column(
        "lines",
        sa.Column(
            "taken_at", sa.DateTime(timezone=True), nullable=True,
            comment="When that was, where not with the order: portions are counted by the day.",
        ),
    )  # fmt: skip
    op.execute(
        "UPDATE tickets SET submitted_at = created_at"
        " WHERE status NOT IN ('QUEUED', 'SUBMITTING', 'SUBMIT_FAILED')"
    )


def downgrade() -> None:
    op.drop_column("lines", "taken_at")
    op.drop_column("tickets", "submitted_at")
    op.execute("DELETE FROM tasks WHERE kind = 'change_ticket'")
    op.execute("DELETE FROM events WHERE kind = 'TICKET_CHANGED'")
    words.dismiss("events", "kind", "eventkind", "TICKET_CHANGED")
