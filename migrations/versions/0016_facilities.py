"""facilities."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import words

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TOLD = (
    "ORDER_AWAITING_APPROVAL", "ORDER_APPROVAL_REMINDED", "ORDER_APPROVED", "ORGANISATION_CREATED",
    "ORGANISATION_CHANGED", "FACILITY_ADDED", "FACILITY_CHANGED", "MEMBER_SET", "MEMBER_REMOVED",
)  # fmt: skip
OF_ORDERS = (
    "facility_id", "organisation_id", "headcount", "cost_centre", "may_cost", "approve_by",
    "approved_at", "approved_by", "approval_note",
)  # fmt: skip


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *TOLD)
    words.admit("orders", "cancellation_reason", "cancellationreason", "NOT_APPROVED")
    words.admit("ledger", "account", "ledgeraccount", "INVOICE")
    words.admit("ledger", "reason", "ledgerreason", "INVOICED")
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("billing", sa.Text(), nullable=False, comment="What is printed on its bills."),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "approval_above",
            sa.Integer(),
            comment="Minor units; dearer orders wait for an approver. None: no order does.",
        ),
        _now("created_at"),
        sa.CheckConstraint(
            "approval_above >= 0", name=op.f("ck_organisations_amount_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        _now("created_at"),
        sa.CheckConstraint(
            "parts <@ ARRAY['ORDERER', 'APPROVER']::text[]", name=op.f("ck_members_parts_known")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_members_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_members_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("organisation_id", "user_id", name="uq_members_user"),
    )
    op.create_index(op.f("ix_members_organisation_id"), "members", ["organisation_id"])
    op.create_index(op.f("ix_members_user_id"), "members", ["user_id"])
    op.create_table(
        "facilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address_line", sa.Text(), nullable=False),
        sa.Column("address_details", sa.Text()),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "delivery_windows",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="As opening hours are; in no other it takes any.",
        ),
        sa.Column("notice_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cut_off", sa.Text(), comment="On its wall clock, like 16:00."),
        sa.Column("cut_off_days_before", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost_centres", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "approval_above",
            sa.Integer(),
            comment="Minor units; none: that of the organisation.",
        ),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            comment="Nothing is ordered for it since.",
        ),
        _now("created_at"),
        sa.CheckConstraint(
            "approval_above >= 0 AND notice_minutes >= 0 AND cut_off_days_before >= 0",
            name=op.f("ck_facilities_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_facilities_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
        sa.UniqueConstraint("organisation_id", "name", name="uq_facilities_name"),
    )
    op.create_index(op.f("ix_facilities_organisation_id"), "facilities", ["organisation_id"])
    for column in (
        sa.Column("facility_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("headcount", sa.Integer(), comment="For how many people."),
        sa.Column("cost_centre", sa.Text()),
        sa.Column(
            "may_cost",
            sa.Integer(),
            comment=("Minor units; more would have to be approved anew. None: whatever it costs."),
        ),
        sa.Column("approve_by", sa.DateTime(timezone=True)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.Uuid()),
        sa.Column("approval_note", sa.Text()),
    ):
        op.add_column("orders", column)
    for name, table in {"facility_id": "facilities", "organisation_id": "organisations"}.items():
        op.create_foreign_key(op.f(f"fk_orders_{name}"), "orders", table, [name], ["id"])
    some = {"facility_id": "window_from", "organisation_id": "placed_at"}
    for name, then in some.items():
        op.create_index(
            f"ix_orders_{name.removesuffix('_id')}",
            "orders",
            [name, then],
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.add_column(
        "stops", sa.Column("signed_by", sa.Text(), comment="Who signed for it, at a facility.")
    )
    op.add_column(
        "stops", sa.Column("signature_url", sa.Text(), comment="A picture of the signature.")
    )


def downgrade() -> None:
    op.drop_column("stops", "signature_url")
    op.drop_column("stops", "signed_by")
    op.drop_index("ix_orders_organisation", table_name="orders")
    op.drop_index("ix_orders_facility", table_name="orders")
    for column in reversed(OF_ORDERS):
        op.drop_column("orders", column)
    for table in ("facilities", "members", "organisations"):
        op.drop_table(table)
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM ledger WHERE account = 'INVOICE' OR reason = 'INVOICED'"))
    bind.execute(
        sa.text(
            "UPDATE orders SET cancellation_reason = 'OTHER'"
            " WHERE cancellation_reason = 'NOT_APPROVED'"
        )
    )
    bind.execute(sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(TOLD)})
    words.dismiss("ledger", "reason", "ledgerreason", "INVOICED")
    words.dismiss("ledger", "account", "ledgeraccount", "INVOICE")
    words.dismiss("orders", "cancellation_reason", "cancellationreason", "NOT_APPROVED")
    words.dismiss("events", "kind", "eventkind", *TOLD)


def _now(name: str) -> sa.Column[Any]:
    shown = sa.text("catering_now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=shown, nullable=False)
