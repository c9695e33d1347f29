"""swaps."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TOLD = ("RESOLUTION_AUTHORIZING", "RESOLUTION_UNPAID")


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *TOLD)
    op.add_column(
        "resolutions",
        sa.Column("product_id", sa.Uuid(), nullable=True, comment="What was chosen instead."),
    )
    op.create_foreign_key(
        op.f("fk_resolutions_product_id"), "resolutions", "products", ["product_id"], ["id"]
    )
    op.add_column(
        "charges",
        sa.Column(
            "hold_id", sa.Uuid(), nullable=True,
            comment="The authorisation that it takes from or gives back.",
        ),
    )  # fmt: skip
    op.create_foreign_key(op.f("fk_charges_hold_id"), "charges", "charges", ["hold_id"], ["id"])
    # Until now an order had one hold at most.
    op.execute(
        "UPDATE charges SET hold_id = hold.id FROM charges AS hold"
        " WHERE hold.order_id = charges.order_id AND hold.kind = 'AUTHORIZE'"
        " AND charges.kind <> 'AUTHORIZE'"
    )
    op.add_column(
        "charges",
        sa.Column(
            "resolution_id", sa.Uuid(), nullable=True,
            comment="The dearer swap that it is to pay for.",
        ),
    )  # fmt: skip
    op.create_foreign_key(
        op.f("fk_charges_resolution_id"), "charges", "resolutions", ["resolution_id"], ["id"]
    )


def downgrade() -> None:
    for column in ("resolution_id", "hold_id"):
        op.drop_constraint(op.f(f"fk_charges_{column}"), "charges")
        op.drop_column("charges", column)
    op.drop_constraint(op.f("fk_resolutions_product_id"), "resolutions")
    op.drop_column("resolutions", "product_id")
    op.get_bind().execute(
        sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(TOLD)}
    )
    words.dismiss("events", "kind", "eventkind", *TOLD)
