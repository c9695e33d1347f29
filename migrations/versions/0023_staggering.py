"""tickets that are held until it is their time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("TICKET_HELD",)


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    told = "When its kitchen gets it, so that all of the order is ready together."
    at = sa.DateTime(timezone=True)
    op.add_column("tickets", sa.Column("submit_at", at, comment=told))


def downgrade() -> None:
    op.drop_column("tickets", "submit_at")
    bind = op.get_bind()
    # Who is held gets his ticket now.
    bind.execute(
        sa.text(
            "UPDATE tasks SET kind = 'submit_ticket', due = catering_now(), owner = NULL, "
            "\"then\" = NULL, dedup = 'submit_ticket:' || subject_id "
            "WHERE kind = 'submission_due' AND state IN ('PENDING', 'RUNNING')"
        )
    )
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(KINDS)})
    words.dismiss("events", "kind", "eventkind", *KINDS)
