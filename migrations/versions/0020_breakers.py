"""breakers, priorities, and what is over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("ORDER_HELD_UP", "DEAD_LETTER_RETRIED", "DEAD_LETTER_DROPPED")


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    for name, told in {
        "breaker_opened_at": "Since when nobody calls it, but to see whether it is back.",
        "breaker_probe_at": "When somebody looks next.",
    }.items():
        op.add_column("accounts", sa.Column(name, sa.DateTime(timezone=True), comment=told))
    op.add_column(
        "accounts",
        sa.Column(
            "breaker_probes",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="How often somebody has looked since.",
        ),
    )
    op.add_column(
        "accounts", sa.Column("breaker_reason", sa.Text(), comment="How its last call failed.")
    )
    op.add_column(
        "tasks",
        sa.Column(
            "priority",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="What is done first: 0.",
        ),
    )
    op.add_column(
        "tasks",
        sa.Column(
            "held_up_by",
            sa.Text(),
            comment="Why a provider cannot be called just now, in words for staff.",
        ),
    )
    op.create_index(
        "ix_tasks_over",
        "tasks",
        ["finished_at"],
        postgresql_where=sa.text("state IN ('DONE', 'CANCELLED')"),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_over", "tasks")
    op.drop_column("tasks", "held_up_by")
    op.drop_column("tasks", "priority")
    for name in ("breaker_reason", "breaker_probes", "breaker_probe_at", "breaker_opened_at"):
        op.drop_column("accounts", name)
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(KINDS)})
    words.dismiss("events", "kind", "eventkind", *KINDS)
