"""choices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SOURCES = ("RESTAURANT", "OFFICE", "FILE", "PROVIDER", "ORDERS")


def upgrade() -> None:
    op.create_table(
        "variants",
        *_sold(),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_variants_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
    )  # fmt: skip
    op.create_index(op.f("ix_variants_product_id"), "variants", ["product_id"])
    op.create_table(
        "modifier_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "0 <= minimum AND minimum <= maximum AND maximum > 0",
            name=op.f("ck_modifier_groups_limits"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_modifier_groups_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modifier_groups")),
    )  # fmt: skip
    op.create_index(op.f("ix_modifier_groups_product_id"), "modifier_groups", ["product_id"])
    op.create_table(
        "modifiers",
        *_sold(),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column(
            "most", sa.Integer(), server_default="1", nullable=False,
            comment="Of it in one portion.",
        ),
        sa.CheckConstraint(
            "price >= 0 AND most > 0", name=op.f("ck_modifiers_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["modifier_groups.id"], name=op.f("fk_modifiers_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modifiers")),
    )  # fmt: skip
    op.create_index(op.f("ix_modifiers_group_id"), "modifiers", ["group_id"])
    op.add_column("lines", sa.Column("variant_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_lines_variant_id"), "lines", "variants", ["variant_id"], ["id"])
    op.add_column(
        "lines",
        sa.Column("variant_name", sa.Text(), nullable=True, comment="As called on the day."),
    )
    op.add_column(
        "lines",
        sa.Column(
            "modifiers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
            comment="As chosen, called and priced on the day.",
        ),
    )


def downgrade() -> None:
    for column in ("modifiers", "variant_name", "variant_id"):
        op.drop_column("lines", column)
    for table in ("modifiers", "modifier_groups", "variants"):
        op.drop_table(table)


def _sold() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False, comment="Minor units."),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True, comment="What the outside system calls it."),
        sa.Column("unavailable", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                *SOURCES, name="availabilitysource", native_enum=False, create_constraint=True,
                length=32,
            ),
            server_default="RESTAURANT",
            nullable=False,
        ),
        sa.Column(
            "checked_at", sa.DateTime(timezone=True), server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
    ]  # fmt: skip
