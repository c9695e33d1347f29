"""secrets, and events that end sessions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False,
            server_default=sa.text("catering_now()"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )  # fmt: skip
    words.admit("events", "kind", "eventkind", "SESSION_ENDED")


def downgrade() -> None:
    op.execute("DELETE FROM events WHERE kind = 'SESSION_ENDED'")
    words.dismiss("events", "kind", "eventkind", "SESSION_ENDED")
    op.drop_table("secrets")
