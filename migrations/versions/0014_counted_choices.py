"""counted choices, and what they cost before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = {"variant": "variants", "modifier": "modifiers"}


def upgrade() -> None:
    for kind, table in KINDS.items():
        op.add_column(
            table, sa.Column("stock", sa.Integer(), comment="None where nobody counts.")
        )  # fmt: skip
        op.create_check_constraint(op.f(f"ck_{table}_stock_not_negative"), table, "stock >= 0")
        column = f"{kind}_id"
        op.add_column(
            "price_changes",
            sa.Column(column, sa.Uuid(), comment="Where it is the price of one."),
        )
        op.create_foreign_key(
            op.f(f"fk_price_changes_{column}"), "price_changes", table, [column], ["id"],
            ondelete="CASCADE",
        )  # fmt: skip
        op.create_index(f"ix_price_changes_{kind}", "price_changes", [column, "changed_at"])


def downgrade() -> None:
    op.execute("DELETE FROM price_changes WHERE variant_id IS NOT NULL OR modifier_id IS NOT NULL")
    for kind, table in KINDS.items():
        op.drop_column("price_changes", f"{kind}_id")
        op.drop_constraint(op.f(f"ck_{table}_stock_not_negative"), table)
        op.drop_column(table, "stock")
