"""dispatch."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

VERDICTS = ("BEST", "NEXT", "BETTER_ELSEWHERE", "OTHERS_FIRST")


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column(
            "wave",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How often drivers were asked, or were sought.",
        ),
    )
    # Whoever is searched for now has had his first wave, where somebody was asked.
    op.execute("UPDATE deliveries SET wave = 1 WHERE id IN (SELECT delivery_id FROM offers)")
    op.create_table(
        "considerations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column(
            "rank",
            sa.Integer(),
            nullable=False,
            comment="Place among those who could have carried it.",
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                *VERDICTS, name="verdict", native_enum=False, length=32, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column(
            "distance_m",
            sa.Integer(),
            nullable=False,
            comment="To the first kitchen, in a straight line.",
        ),
        sa.Column("pickup_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "late_seconds",
            sa.Integer(),
            nullable=False,
            comment="After the promised time, at the door.",
        ),
        sa.Column("idle_seconds", sa.Integer(), nullable=False, comment="Without work by then."),
        sa.Column(
            "considered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"]),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_considerations_delivery_id", "considerations", ["delivery_id"])
    op.create_index("ix_considerations_driver", "considerations", ["driver_id", "considered_at"])


def downgrade() -> None:
    op.drop_table("considerations")
    op.drop_column("deliveries", "wave")
