"""money."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


KINDS = (
    "PAYMENT_PENDING", "PAYMENT_AUTHORIZED", "PAYMENT_PARTIALLY_REFUNDED", "PAYMENT_REFUNDED",
    "PAYMENT_VOIDED", "PAYMENT_FAILED", "CHARGE_REQUESTED", "CHARGE_DONE", "CHARGE_REFUSED",
    "CHARGE_ESCALATED",
)  # fmt: skip
ACCOUNTS = ("CUSTOMER", "HOLD", "DUE", "ESCROW", "RESTAURANT", "CARRIER", "CASH", "PLATFORM")
REASONS = (
    "ORDERED", "AUTHORIZED", "LINE_ADDED", "LINE_REMOVED", "LINE_SWAPPED", "CAPTURED", "VOIDED",
    "COLLECTED", "CALLED_OFF", "CANCELLATION_FEE", "COMPENSATED", "REFUNDED", "EARNED",
    "COURIER_COST", "WRITTEN_OFF",
)  # fmt: skip
BEARERS = ("CUSTOMER", "RESTAURANT", "PLATFORM", "CARRIER")

# A sum can only be judged when all its lines are there: at the end of the transaction.
BALANCE = """
CREATE FUNCTION catering_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed record := coalesce(NEW, OLD);
BEGIN
    IF (SELECT coalesce(sum(amount), 0) <> 0 OR count(DISTINCT currency) > 1 FROM ledger
        WHERE order_id = changed.order_id AND entry = changed.entry)
    THEN
        RAISE EXCEPTION 'entry % of order % does not sum to zero', changed.entry, changed.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sums_to_zero';
    END IF;
    RETURN NULL;
END
$$
"""
BALANCED = """
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT OR UPDATE OR DELETE ON ledger
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catering_balance()
"""


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *KINDS)
    _allow_ports("kitchen", "courier", "payment")
    op.add_column(
        "orders",
        sa.Column(
            "payment_token", sa.Text(), nullable=True,
            comment="The card, as the payment company calls it.",
        ),
    )  # fmt: skip
    op.add_column("orders", _count("authorized"))
    op.add_column("orders", _count("refunded"))
    op.add_column("orders", _count("cancellation_fee", "What is paid though it will not come."))
    op.add_column("orders", _count("entries", "Number of the last entry in the ledger."))
    op.add_column("orders", _count("fee_posted", "What the ledger says of the delivery fee."))
    op.add_column(
        "orders",
        sa.Column(
            "release_at", sa.DateTime(timezone=True), nullable=True,
            comment="When the kitchens of a scheduled order get their tickets.",
        ),
    )  # fmt: skip
    op.add_column("lines", _count("posted", "What the ledger says that it costs."))
    _create_charges()
    _create_ledger()


def downgrade() -> None:
    op.drop_table("ledger")
    op.execute("DROP FUNCTION catering_balance()")
    op.drop_table("charges")
    op.drop_column("lines", "posted")
    for column in (
        "release_at", "fee_posted", "entries", "cancellation_fee", "refunded", "authorized", "payment_token",
    ):  # fmt: skip
        op.drop_column("orders", column)
    op.execute("DELETE FROM webhooks WHERE account_id IN (SELECT id FROM accounts WHERE port = 'payment')")  # fmt: skip
    op.execute("DELETE FROM accounts WHERE port = 'payment'")
    _allow_ports("kitchen", "courier")
    op.execute("DELETE FROM tasks WHERE kind IN ('make_charge', 'charge_unanswered', 'payment_unanswered')")  # fmt: skip
    events = sa.table("events", sa.column("kind"))
    op.execute(events.delete().where(events.c.kind.in_(KINDS)))
    words.dismiss("events", "kind", "eventkind", *KINDS)


def _allow_ports(*ports: str) -> None:
    listed = ", ".join(f"'{port}'" for port in ports)
    op.drop_constraint(op.f("ck_accounts_port"), "accounts")
    op.create_check_constraint(op.f("ck_accounts_port"), "accounts", f"port IN ({listed})")
    named = "kitchen, courier or payment." if "payment" in ports else "kitchen or courier."
    op.alter_column("accounts", "port", comment=named)


def _count(name: str, comment: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False, comment=comment)


def _word(name: str, kind: str, *allowed: str, nullable: bool = False) -> sa.Column[str]:
    one_of = sa.Enum(*allowed, name=kind, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, one_of, nullable=nullable)


def _create_charges() -> None:
    op.create_table(
        "charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _word("kind", "chargekind", "AUTHORIZE", "CAPTURE", "VOID", "REFUND"),
        _word("status", "chargestatus", "REQUESTED", "DONE", "REFUSED"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="Minor units."),
        sa.Column(
            "reference", sa.Text(), nullable=False,
            comment="Ours, stored before the company is called.",
        ),
        sa.Column("external_id", sa.Text(), nullable=True, comment="Theirs."),
        sa.Column(
            "provider_word", sa.Text(), nullable=True,
            comment="Their last status word, as it came.",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_charges_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_charges_account_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_charges_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("reference", name=op.f("uq_charges_reference")),
    )  # fmt: skip
    op.create_index(op.f("ix_charges_order_id"), "charges", ["order_id"])
    op.create_index(op.f("ix_charges_external_id"), "charges", ["external_id"])
    op.create_index(
        "uq_charges_open", "charges", ["order_id"], unique=True,
        postgresql_where=sa.text("status = 'REQUESTED'"),
    )  # fmt: skip


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "entry", sa.Integer(), nullable=False, comment="Its place in the order; without gaps."
        ),
        sa.Column("rank", sa.Integer(), nullable=False, comment="Its place in the entry."),
        _word("account", "ledgeraccount", *ACCOUNTS),
        sa.Column(
            "amount", sa.BigInteger(), nullable=False, comment="What the pot gets, in minor units."
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        _word("reason", "ledgerreason", *REASONS),
        _word("bearer", "bearer", *BEARERS, nullable=True),
        sa.Column(
            "party_id", sa.Uuid(), nullable=True,
            comment="Which restaurant, driver or courier company.",
        ),
        sa.Column(
            "line_id", sa.Uuid(), nullable=True, comment="The line of the order that it is about."
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_amount_not_zero")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ledger_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("order_id", "entry", "rank", name="uq_ledger_entry"),
    )  # fmt: skip
    op.create_index(op.f("ix_ledger_party_id"), "ledger", ["party_id"])
    op.execute(BALANCE)
    op.execute(BALANCED)
