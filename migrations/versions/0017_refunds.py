"""refunds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REASONS = ("MISSING", "WRONG", "BAD", "LATE", "GOODWILL", "OTHER")
BEARERS = ("CUSTOMER", "RESTAURANT", "PLATFORM", "CARRIER")
POSTED = ("REFUND_GRANTED", "CREDITED")


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", "ORDER_REFUND_GRANTED")
    words.admit("ledger", "reason", "ledgerreason", *POSTED)
    for name, told in {
        "waived": "What the office gave back after its end.",
        "written_off": "What nobody can get; negative: was not paid.",
    }.items():
        op.add_column(
            "orders",
            sa.Column(
                name, sa.Integer(), server_default=sa.text("0"), nullable=False, comment=told
            ),
        )
    op.execute(
        "UPDATE orders SET written_off = -off.amount FROM (SELECT order_id, sum(amount) AS amount"
        " FROM ledger WHERE reason = 'WRITTEN_OFF' AND account = 'DUE' GROUP BY order_id) AS off"
        " WHERE off.order_id = orders.id"
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid()),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="Minor units."),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", _word("refundreason", REASONS), nullable=False),
        sa.Column("bearer", _word("bearer", BEARERS), nullable=False),
        sa.Column(
            "party_id",
            sa.Uuid(),
            comment="Which restaurant, driver or courier company; none: we.",
        ),
        sa.Column("note", sa.Text(), comment="What the customer is told."),
        sa.Column("granted_by", sa.Uuid()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_refunds_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"])


def downgrade() -> None:
    op.drop_table("refunds")
    op.drop_column("orders", "written_off")
    op.drop_column("orders", "waived")
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM ledger WHERE reason = ANY(:told)"), {"told": list(POSTED)})
    bind.execute(sa.text("DELETE FROM events WHERE kind = 'ORDER_REFUND_GRANTED'"))
    words.dismiss("ledger", "reason", "ledgerreason", *POSTED)
    words.dismiss("events", "kind", "eventkind", "ORDER_REFUND_GRANTED")


def _word(name: str, known: Sequence[str]) -> sa.Enum:
    return sa.Enum(*known, name=name, native_enum=False, create_constraint=True, length=32)
