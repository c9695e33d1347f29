"""menus."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import words

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TOLD = ("PRODUCT_SNOOZED", "PRODUCT_SOLD_OUT")
ALLERGENS = (
    "CELERY", "CRUSTACEANS", "EGGS", "FISH", "GLUTEN", "LUPIN", "MILK", "MOLLUSCS", "MUSTARD",
    "NUTS", "PEANUTS", "SESAME", "SOYBEANS", "SULPHITES",
)  # fmt: skip
DIETS = ("GLUTEN_FREE", "HALAL", "KOSHER", "LACTOSE_FREE", "VEGAN", "VEGETARIAN")
SOURCES = ("RESTAURANT", "OFFICE", "FILE", "PROVIDER", "ORDERS")
ROLES = ("ADMIN", "CUSTOMER", "DRIVER", "MANAGER", "RESTAURANT")


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *TOLD)
    for column in (
        sa.Column(
            "daily_quota", sa.Integer(), comment="Portions a day; none where nobody counts them."
        ),
        sa.Column("quota_left", sa.Integer(), comment="Of the day that ends at quota_until."),
        sa.Column(
            "quota_until",
            sa.DateTime(timezone=True),
            comment="The restaurant's midnight; from then on all portions are there again.",
        ),
        sa.Column(
            "preparation_minutes", sa.Integer(), comment="Where it needs its own time."
        ),
        sa.Column(
            "allergens", postgresql.ARRAY(sa.Text()), comment="None where nobody has told."
        ),
        sa.Column("diets", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                *SOURCES, name="availabilitysource", native_enum=False, create_constraint=True,
                length=32,
            ),
            server_default="RESTAURANT",
            nullable=False,
            comment="Who last told whether it can be had.",
        ),
        sa.Column(
            "removed_at",
            sa.DateTime(timezone=True),
            comment="Off the menu since; orders still refer to it.",
        ),
    ):  # fmt: skip
        op.add_column("products", column)
    for name, rule in {
        "portions_not_negative": "quota_left >= 0 AND daily_quota >= 0",
        "preparation_not_negative": "preparation_minutes >= 0",
        "allergens_known": f"allergens <@ {_array(ALLERGENS)}",
        "diets_known": f"diets <@ {_array(DIETS)}",
    }.items():
        op.create_check_constraint(op.f(f"ck_products_{name}"), "products", rule)
    op.add_column(
        "categories",
        sa.Column(
            "removed_at",
            sa.DateTime(timezone=True),
            comment="Off the menu since; products that are off it, too, refer to it.",
        ),
    )
    op.drop_constraint(op.f("uq_categories_name"), "categories")
    op.create_index(
        "uq_categories_name",
        "categories",
        ["restaurant_id", "name"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "price_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("old", sa.Integer(), nullable=True, comment="Minor units; none at the start."),
        sa.Column("new", sa.Integer(), nullable=False, comment="Minor units."),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "actor_role",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_price_changes_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changes")),
    )
    op.create_index("ix_price_changes_product", "price_changes", ["product_id", "changed_at"])


def downgrade() -> None:
    op.drop_table("price_changes")
    # The names of chapters that are gone may be in use again; an id makes them unique.
    op.execute("UPDATE categories SET name = name || ' ' || id WHERE removed_at IS NOT NULL")
    op.drop_index("uq_categories_name", table_name="categories")
    op.create_unique_constraint("uq_categories_name", "categories", ["restaurant_id", "name"])
    op.drop_column("categories", "removed_at")
    for column in (
        "removed_at", "source", "diets", "allergens", "preparation_minutes", "quota_until",
        "quota_left", "daily_quota",
    ):  # fmt: skip
        op.drop_column("products", column)
    op.get_bind().execute(
        sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(TOLD)}
    )
    words.dismiss("events", "kind", "eventkind", *TOLD)


def _array(known: Sequence[str]) -> str:
    listed = ", ".join(f"'{word}'" for word in known)
    return f"ARRAY[{listed}]::text[]"
