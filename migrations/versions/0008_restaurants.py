"""restaurants."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import words

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TOLD = (
    "RESTAURANT_CREATED", "RESTAURANT_CHANGED", "RESTAURANT_PAUSED", "RESTAURANT_RESUMED",
    "RESTAURANT_BUSY", "RESTAURANT_CALM",
)  # fmt: skip


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *TOLD)
    op.add_column(
        "restaurants",
        sa.Column(
            "exceptional_days",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Spans by date, instead of those of the week.",
        ),
    )
    op.add_column(
        "restaurants",
        sa.Column(
            "reach_meters",
            sa.Integer(),
            server_default="12000",
            nullable=False,
            comment="Straight line; where there is no outline.",
        ),
    )
    op.add_column(
        "restaurants",
        sa.Column(
            "outline",
            postgresql.JSONB(astext_type=sa.Text(), none_as_null=True),
            nullable=True,
            comment="Corners of the zone: [[latitude, longitude], …].",
        ),
    )
    op.add_column(
        "restaurants",
        sa.Column(
            "paused_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Takes no orders before; a moment that has passed means nothing.",
        ),
    )
    op.add_column("restaurants", sa.Column("pause_reason", sa.Text(), nullable=True))
    op.add_column(
        "restaurants",
        sa.Column(
            "busy_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Needs extra_minutes more until then.",
        ),
    )
    op.add_column(
        "restaurants",
        sa.Column("extra_minutes", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_restaurants_amounts_not_negative"),
        "restaurants",
        "reach_meters >= 0 AND extra_minutes >= 0 AND preparation_minutes >= 0",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_restaurants_amounts_not_negative"), "restaurants")
    for column in (
        "extra_minutes", "busy_until", "pause_reason", "paused_until", "outline",
        "reach_meters", "exceptional_days",
    ):  # fmt: skip
        op.drop_column("restaurants", column)
    op.get_bind().execute(
        sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(TOLD)}
    )
    words.dismiss("events", "kind", "eventkind", *TOLD)
