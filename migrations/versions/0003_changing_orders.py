"""changing orders: replaced lines, ratings, the archive."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

EVENTS = (
    "ORDER_LINES_REPLACED", "ORDER_DETAILS_CHANGED", "ORDER_RATED", "ORDER_RATING_ANSWERED",
    "ORDER_ARCHIVED", "ORDER_RESTORED", "TICKET_QUEUED", "LINE_REPLACED",
)  # fmt: skip


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *EVENTS)
    words.admit("lines", "status", "linestatus", "REPLACED")
    op.add_column(
        "orders",
        sa.Column(
            "archived_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when lists leave it out; a time, not a status.",
        ),
    )
    for table in ("restaurants", "drivers"):
        for column in ("rating_sum", "rating_count"):
            op.add_column(
                table, sa.Column(column, sa.Integer(), server_default="0", nullable=False)
            )
    op.create_table(
        "ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.Uuid(), nullable=True),
        sa.Column("driver_id", sa.Uuid(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True, comment="The restaurant's, once."),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_ratings_stars")),
        sa.CheckConstraint(
            "num_nonnulls(restaurant_id, driver_id) = 1", name=op.f("ck_ratings_about_one")
        ),
        *(
            sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_ratings_{column}"))
            for column, to in (
                ("order_id", "orders.id"),
                ("customer_id", "users.id"),
                ("restaurant_id", "restaurants.id"),
                ("driver_id", "drivers.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    for about in ("restaurant", "driver"):
        op.create_index(f"uq_ratings_{about}", "ratings", ["order_id", f"{about}_id"], unique=True)
        op.create_index(f"ix_ratings_{about}", "ratings", [f"{about}_id", "created_at"])


def downgrade() -> None:
    op.drop_table("ratings")
    for table in ("restaurants", "drivers"):
        for column in ("rating_sum", "rating_count"):
            op.drop_column(table, column)
    op.drop_column("orders", "archived_at")
    # History is kept: rows that hold these words stay, and no new ones come.
    words.dismiss("lines", "status", "linestatus", "REPLACED")
    words.dismiss("events", "kind", "eventkind", *EVENTS)
