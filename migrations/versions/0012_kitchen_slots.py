"""kitchen slots."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "restaurants",
        sa.Column(
            "slot_tickets", sa.Integer(),
            comment="Tickets that its kitchen takes on in a slot; none where nobody counts.",
        ),
    )  # fmt: skip
    op.add_column(
        "restaurants",
        sa.Column(
            "slot_minutes", sa.Integer(), server_default="15", nullable=False,
            comment="How long a slot is.",
        ),
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_restaurants_slots_not_empty"),
        "restaurants",
        "slot_tickets > 0 AND slot_minutes > 0",
    )
    op.create_table(
        "kitchen_slots",
        sa.Column("restaurant_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "places", sa.Integer(), nullable=False,
            comment="What the restaurant takes on, or what it had when it began to take on less.",
        ),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "0 <= taken AND taken <= places", name=op.f("ck_kitchen_slots_not_overbooked")
        ),
        sa.ForeignKeyConstraint(
            ["restaurant_id"], ["restaurants.id"], name=op.f("fk_kitchen_slots_restaurant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("restaurant_id", "starts_at", name=op.f("pk_kitchen_slots")),
    )  # fmt: skip
    op.add_column(
        "tickets",
        sa.Column(
            "work_at", sa.DateTime(timezone=True),
            comment="When the kitchen begins: it takes a place in the slot of this moment.",
        ),
    )  # fmt: skip
    op.execute(
        "UPDATE tickets SET work_at = ready_at - make_interval(mins => preparation_minutes) "
        "FROM restaurants WHERE restaurants.id = restaurant_id"
    )
    op.alter_column("tickets", "work_at", nullable=False)


def downgrade() -> None:
    op.drop_column("tickets", "work_at")
    op.drop_table("kitchen_slots")
    op.drop_constraint(op.f("ck_restaurants_slots_not_empty"), "restaurants")
    op.drop_column("restaurants", "slot_minutes")
    op.drop_column("restaurants", "slot_tickets")
