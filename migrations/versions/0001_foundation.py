"""foundation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


CLOCK = """
CREATE FUNCTION catering_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT now() + coalesce(nullif(current_setting('catering.clock_offset', true), ''), '0')::interval
$$
"""
# The relay is woken by this and polls as well; identical notifications of one transaction are one.
BELL = """
CREATE FUNCTION catering_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('catering', '');
    RETURN NULL;
END
$$
"""
RING = "FOR EACH STATEMENT EXECUTE FUNCTION catering_ring()"
RINGS = (
    f"CREATE TRIGGER ring AFTER INSERT ON events {RING}",
    f"CREATE TRIGGER ring AFTER INSERT OR UPDATE OF due ON tasks {RING}",
)


def upgrade() -> None:
    op.execute(CLOCK)
    op.execute(BELL)
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="What people call it."),
        sa.Column("port", sa.Text(), nullable=False, comment="kitchen or courier."),
        sa.Column("provider", sa.Text(), nullable=False, comment="Which adapter speaks to it."),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("credentials", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "webhook_key",
            sa.Text(),
            nullable=True,
            comment="The unguessable part of our webhook's address.",
        ),
        sa.Column(
            "webhook_secrets",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="All in force together: current and previous.",
        ),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("port IN ('kitchen', 'courier')", name=op.f("ck_accounts_port")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("webhook_key", name=op.f("uq_accounts_webhook_key")),
    )
    op.create_table(
        "announced",
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("oldest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_announced")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="SHA-256 of the input."),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("private_pem", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.Column(
            "retired_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Signs no more; verifies until the row is deleted.",
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "email", sa.Text(), nullable=False, comment="As given; unique whatever its case."
        ),
        sa.Column(
            "password_hash", sa.Text(), nullable=False, comment="argon2id, with its parameters."
        ),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True, comment="E.164."),
        sa.Column(
            "role",
            sa.Enum(
                "ADMIN",
                "CUSTOMER",
                "DRIVER",
                "MANAGER",
                "RESTAURANT",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "drivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column(
            "expired_in_a_row", sa.Integer(), nullable=False, comment="Offers left unanswered."
        ),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("position_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["users.id"], name=op.f("fk_drivers_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drivers")),
    )
    op.create_index(
        "ix_drivers_online",
        "drivers",
        ["id"],
        unique=False,
        postgresql_where=sa.text("online IS true"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "FOR_CUSTOMER",
                "FOR_FACILITY",
                name="ordertype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "AWAITING_APPROVAL",
                "SCHEDULED",
                "PLACED",
                "PREPARING",
                "READY",
                "IN_DELIVERY",
                "DELIVERED",
                "CANCELLED",
                "FAILED",
                name="orderstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("needs_action", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="Sequence of the last event."),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("address_line", sa.Text(), nullable=False),
        sa.Column("address_details", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False, comment="What the customer says at the door."),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "subtotal",
            sa.Integer(),
            nullable=False,
            comment="Minor units; of the lines that will come.",
        ),
        sa.Column("delivery_fee", sa.Integer(), nullable=False),
        sa.Column(
            "payment_method",
            sa.Enum(
                "CARD",
                "CASH",
                "INVOICE",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "payment_status",
            sa.Enum(
                "PENDING",
                "AUTHORIZED",
                "CAPTURED",
                "PARTIALLY_REFUNDED",
                "REFUNDED",
                "VOIDED",
                "FAILED",
                name="paymentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("captured", sa.Integer(), nullable=False),
        sa.Column(
            "cancellation_reason",
            sa.Enum(
                "CHANGED_MIND",
                "TOO_LATE",
                "KITCHEN_REJECTED",
                "PRODUCT_UNAVAILABLE",
                "NO_CARRIER",
                "PAYMENT_FAILED",
                "PROVIDER_FAILED",
                "OTHER",
                name="cancellationreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("cancellation_comment", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column(
            "cancelled_role",
            sa.Enum(
                "ADMIN",
                "CUSTOMER",
                "DRIVER",
                "MANAGER",
                "RESTAURANT",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "placed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.Column(
            "estimated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When we think it is at the door.",
        ),
        sa.Column(
            "promised_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When we said it would be.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "subtotal >= 0 AND delivery_fee >= 0", name=op.f("ck_orders_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["users.id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("serial", name=op.f("uq_orders_serial")),
    )
    op.create_index("ix_orders_customer", "orders", ["customer_id", "placed_at"], unique=False)
    op.create_index(
        "ix_orders_live",
        "orders",
        ["status"],
        unique=False,
        postgresql_where=sa.text("(status NOT IN ('CANCELLED', 'DELIVERED', 'FAILED'))"),
    )
    op.create_index("ix_orders_placed", "orders", ["placed_at", "id"], unique=False)
    op.create_table(
        "restaurants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address_line", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="IANA name."),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "location",
            sa.Text(),
            nullable=True,
            comment="What the outside system calls this place.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_restaurants_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restaurants")),
        sa.UniqueConstraint("slug", name=op.f("uq_restaurants_slug")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False, comment="One sign-in, many tokens."),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "token_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256; the token is ours no more.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_family_id"), "sessions", ["family_id"], unique=False)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_webhooks_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("account_id", "dedupe_key", name="uq_webhooks_dedupe_key"),
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, comment="Its place in the menu."),
        sa.ForeignKeyConstraint(
            ["restaurant_id"],
            ["restaurants.id"],
            name=op.f("fk_categories_restaurant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("restaurant_id", "name", name="uq_categories_name"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "PLANNED",
                "SEARCHING",
                "ASSIGNED",
                "TO_PICKUP",
                "AT_PICKUP",
                "TO_DROPOFF",
                "AT_DROPOFF",
                "DELIVERED",
                "NO_CARRIER",
                "UNDELIVERABLE",
                "RETURNING",
                "RETURNED",
                "CANCELLED",
                name="deliverystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("escalated", sa.Boolean(), nullable=False, comment="A manager was called."),
        sa.Column("driver_id", sa.Uuid(), nullable=True),
        sa.Column(
            "distance_m",
            sa.Integer(),
            nullable=False,
            comment="From the first kitchen to the door.",
        ),
        sa.Column(
            "reward", sa.Integer(), nullable=False, comment="For a driver of ours, in minor units."
        ),
        sa.Column("search_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "latitude", sa.Double(), nullable=True, comment="Where its courier was last seen."
        ),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("position_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When those who watch it were last told where it is.",
        ),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["driver_id"], ["drivers.id"], name=op.f("fk_deliveries_driver_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_deliveries_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_driver", "deliveries", ["driver_id", "created_at"], unique=False)
    op.create_index(
        "uq_deliveries_driver",
        "deliveries",
        ["driver_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('ASSIGNED', 'AT_DROPOFF', 'AT_PICKUP', 'RETURNING', 'TO_DROPOFF', 'TO_PICKUP', 'UNDELIVERABLE')"
        ),
    )
    op.create_index(
        "uq_deliveries_order",
        "deliveries",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('ASSIGNED', 'AT_DROPOFF', 'AT_PICKUP', 'NO_CARRIER', 'PLANNED', 'RETURNING', 'SEARCHING', 'TO_DROPOFF', 'TO_PICKUP', 'UNDELIVERABLE')"
        ),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=True,
            comment="Its place among all announced events; given by the relay.",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "ORDER_PLACED",
                "ORDER_SCHEDULED",
                "ORDER_RELEASED",
                "ORDER_CANCELLED",
                "PAYMENT_CAPTURED",
                "TICKET_SUBMITTING",
                "TICKET_SUBMITTED",
                "TICKET_ACCEPTED",
                "TICKET_PREPARING",
                "TICKET_READY",
                "TICKET_PICKED_UP",
                "TICKET_NEEDS_CHANGE",
                "TICKET_REJECTED",
                "TICKET_CANCELLED",
                "TICKET_SUBMIT_FAILED",
                "TICKET_REMINDED",
                "TICKET_PROMISED",
                "TICKET_LATE",
                "TICKET_ESCALATED",
                "LINE_CONFIRMED",
                "LINE_UNAVAILABLE",
                "LINE_SUBSTITUTED",
                "LINE_REMOVED",
                "RESOLUTION_OPEN",
                "RESOLUTION_PROPOSED",
                "RESOLUTION_ACCEPTED",
                "RESOLUTION_REJECTED",
                "RESOLUTION_EXPIRED",
                "DELIVERY_PLANNED",
                "DELIVERY_SEARCHING",
                "DELIVERY_ASSIGNED",
                "DELIVERY_TO_PICKUP",
                "DELIVERY_AT_PICKUP",
                "DELIVERY_TO_DROPOFF",
                "DELIVERY_AT_DROPOFF",
                "DELIVERY_DELIVERED",
                "DELIVERY_NO_CARRIER",
                "DELIVERY_UNDELIVERABLE",
                "DELIVERY_RETURNING",
                "DELIVERY_RETURNED",
                "DELIVERY_CANCELLED",
                "DELIVERY_ESCALATED",
                "DELIVERY_EXTENDED",
                "STOP_PENDING",
                "STOP_ARRIVED",
                "STOP_DONE",
                "STOP_SKIPPED",
                "OFFER_SENT",
                "OFFER_ACCEPTED",
                "OFFER_DECLINED",
                "OFFER_EXPIRED",
                "OFFER_WITHDRAWN",
                "BOOKING_REQUESTED",
                "BOOKING_CONFIRMED",
                "BOOKING_COMPLETED",
                "BOOKING_REFUSED",
                "BOOKING_LOST",
                "BOOKING_CANCELLED",
                "PRODUCT_CHANGED",
                "DRIVER_REGISTERED",
                "DRIVER_APPROVED",
                "DRIVER_ONLINE",
                "DRIVER_OFFLINE",
                "COURIER_MOVED",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column(
            "sequence", sa.Integer(), nullable=True, comment="Its place in the order; without gaps."
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="What changed."),
        sa.Column("status", sa.Text(), nullable=True, comment="What the subject became."),
        sa.Column(
            "order_status",
            sa.Enum(
                "AWAITING_APPROVAL",
                "SCHEDULED",
                "PLACED",
                "PREPARING",
                "READY",
                "IN_DELIVERY",
                "DELIVERED",
                "CANCELLED",
                "FAILED",
                name="orderstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "previous_status", sa.Text(), nullable=True, comment="Of the order, before this."
        ),
        sa.Column(
            "restaurant_id", sa.Uuid(), nullable=True, comment="Whose kitchen or menu it concerns."
        ),
        sa.Column("driver_id", sa.Uuid(), nullable=True, comment="Whose work it concerns."),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "actor_role",
            sa.Enum(
                "ADMIN",
                "CUSTOMER",
                "DRIVER",
                "MANAGER",
                "RESTAURANT",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("order_id", "sequence", name="uq_events_sequence"),
        sa.UniqueConstraint("position", name="uq_events_position"),
    )
    op.create_index("ix_events_delivery", "events", ["delivery_id", "position"], unique=False)
    op.create_index("ix_events_driver", "events", ["driver_id", "position"], unique=False)
    op.create_index("ix_events_order", "events", ["order_id", "position"], unique=False)
    op.create_index("ix_events_restaurant", "events", ["restaurant_id", "position"], unique=False)
    op.create_index(
        "ix_events_unannounced",
        "events",
        ["id"],
        unique=False,
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "staff",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["restaurant_id"],
            ["restaurants.id"],
            name=op.f("fk_staff_restaurant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "restaurant_id", name=op.f("pk_staff")),
    )
    op.create_index(op.f("ix_staff_restaurant_id"), "staff", ["restaurant_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column(
            "dedup", sa.Text(), nullable=False, comment="At most one open task of this name."
        ),
        sa.Column(
            "state",
            sa.Enum(
                "PENDING",
                "RUNNING",
                "DONE",
                "DEAD",
                "CANCELLED",
                name="taskstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "owner",
            sa.Enum(
                "ADMIN",
                "CUSTOMER",
                "DRIVER",
                "MANAGER",
                "RESTAURANT",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("then", sa.Text(), nullable=True, comment="What happens when a deadline passes."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.Column(
            "due", sa.DateTime(timezone=True), nullable=False, comment="On the database's clock."
        ),
        sa.Column(
            "rung_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the doorbell last rang for it.",
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "token", sa.Integer(), nullable=False, comment="Fencing: each claim has its own."
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("errors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_tasks_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_dead",
        "tasks",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("state = 'DEAD'"),
    )
    op.create_index(
        "ix_tasks_due",
        "tasks",
        ["due"],
        unique=False,
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index(
        "ix_tasks_lease",
        "tasks",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'RUNNING'"),
    )
    op.create_index(
        "ix_tasks_order",
        "tasks",
        ["order_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('PENDING', 'RUNNING')"),
    )
    op.create_index(
        "uq_tasks_dedup",
        "tasks",
        ["dedup"],
        unique=True,
        postgresql_where=sa.text("state IN ('PENDING', 'RUNNING')"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, comment="Its place in the order."),
        sa.Column(
            "status",
            sa.Enum(
                "QUEUED",
                "SUBMITTING",
                "SUBMITTED",
                "ACCEPTED",
                "PREPARING",
                "READY",
                "PICKED_UP",
                "NEEDS_CHANGE",
                "REJECTED",
                "CANCELLED",
                "SUBMIT_FAILED",
                name="ticketstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("escalated", sa.Boolean(), nullable=False, comment="A manager was called."),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=False,
            comment="Ours, stored before the outside system is called.",
        ),
        sa.Column("external_id", sa.Text(), nullable=True, comment="Theirs."),
        sa.Column(
            "provider_word", sa.Text(), nullable=True, comment="Their last status word, as it came."
        ),
        sa.Column(
            "provider_version",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When we last read it.",
        ),
        sa.Column(
            "ready_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the food is promised.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_tickets_order_id")),
        sa.ForeignKeyConstraint(
            ["restaurant_id"], ["restaurants.id"], name=op.f("fk_tickets_restaurant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("reference", name=op.f("uq_tickets_reference")),
    )
    op.create_index("ix_tickets_external", "tickets", ["external_id"], unique=False)
    op.create_index(op.f("ix_tickets_order_id"), "tickets", ["order_id"], unique=False)
    op.create_index("ix_tickets_restaurant", "tickets", ["restaurant_id", "status"], unique=False)
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "SENT",
                "ACCEPTED",
                "DECLINED",
                "EXPIRED",
                "WITHDRAWN",
                name="offerstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reward", sa.Integer(), nullable=False, comment="Minor units."),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "distance_m",
            sa.Integer(),
            nullable=False,
            comment="From the driver to the first kitchen.",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_offers_delivery_id")
        ),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name=op.f("fk_offers_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_delivery_id"), "offers", ["delivery_id"], unique=False)
    op.create_index(
        "uq_offers_accepted",
        "offers",
        ["delivery_id"],
        unique=True,
        postgresql_where=sa.text("status = 'ACCEPTED'"),
    )
    op.create_index(
        "uq_offers_driver",
        "offers",
        ["driver_id"],
        unique=True,
        postgresql_where=sa.text("status = 'SENT'"),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column(
            "external_id", sa.Text(), nullable=True, comment="What the outside system calls it."
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "DISH",
                "GOODS",
                name="productkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "price",
            sa.Integer(),
            nullable=False,
            comment="Minor units of the restaurant's currency.",
        ),
        sa.Column("stock", sa.Integer(), nullable=True, comment="None where nobody counts."),
        sa.Column("unavailable", sa.Boolean(), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False, comment="Its place in the category."),
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
            comment="When its availability was last told.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_products_price_not_negative")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_products_stock_not_negative")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_products_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["restaurant_id"],
            ["restaurants.id"],
            name=op.f("fk_products_restaurant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("restaurant_id", "external_id", name="uq_products_external_id"),
    )
    op.create_index(op.f("ix_products_category_id"), "products", ["category_id"], unique=False)
    op.create_index(
        "ix_products_restaurant_id",
        "products",
        ["restaurant_id", "category_id", "rank"],
        unique=False,
    )
    op.create_table(
        "stops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "PICKUP",
                "DROPOFF",
                name="stopkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "PENDING",
                "ARRIVED",
                "DONE",
                "SKIPPED",
                name="stopstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address_line", sa.Text(), nullable=False),
        sa.Column("address_details", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_stops_delivery_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_stops_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    op.create_index(op.f("ix_stops_delivery_id"), "stops", ["delivery_id"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "REQUESTED",
                "CONFIRMED",
                "COMPLETED",
                "REFUSED",
                "LOST",
                "CANCELLED",
                name="bookingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=False,
            comment="Ours, stored before the company is called.",
        ),
        sa.Column("external_id", sa.Text(), nullable=True, comment="Theirs."),
        sa.Column(
            "courier_status",
            sa.Enum(
                "PENDING",
                "COURIER_ASSIGNED",
                "AT_PICKUP",
                "PICKED_UP",
                "EN_ROUTE",
                "AT_DROPOFF",
                "DELIVERED",
                "CANCELLED",
                "REJECTED",
                "UNDELIVERED",
                "RETURNED",
                "UNKNOWN",
                name="courierstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "provider_word", sa.Text(), nullable=True, comment="Their last status word, as it came."
        ),
        sa.Column("courier_name", sa.Text(), nullable=True),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column(
            "fee", sa.Integer(), nullable=True, comment="What they charge us, in minor units."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_bookings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_bookings_delivery_id")
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_bookings_stop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("reference", name=op.f("uq_bookings_reference")),
    )
    op.create_index(op.f("ix_bookings_delivery_id"), "bookings", ["delivery_id"], unique=False)
    op.create_index(op.f("ix_bookings_external_id"), "bookings", ["external_id"], unique=False)
    op.create_index(
        "uq_bookings_stop",
        "bookings",
        ["stop_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('CONFIRMED', 'REQUESTED')"),
    )
    op.create_table(
        "lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, comment="Its place in the basket."),
        sa.Column(
            "status",
            sa.Enum(
                "PENDING",
                "CONFIRMED",
                "UNAVAILABLE",
                "SUBSTITUTED",
                "REMOVED",
                "POSTPONED",
                name="linestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="As it was called on the day."),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Integer(), nullable=False, comment="Minor units, on the day."),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "stand_by",
            sa.Enum(
                "SPECIFIC",
                "BEST_MATCH",
                "ASK_ME",
                "REMOVE",
                "CANCEL_ORDER",
                name="standbykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stand_by_product_id", sa.Uuid(), nullable=True),
        sa.Column(
            "stand_by_percent", sa.Integer(), nullable=True, comment="At most so much dearer."
        ),
        sa.Column(
            "substitute_of_id",
            sa.Uuid(),
            nullable=True,
            comment="The line that this one came instead of.",
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_lines_product_id")),
        sa.ForeignKeyConstraint(
            ["substitute_of_id"], ["lines.id"], name=op.f("fk_lines_substitute_of_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_lines_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lines")),
    )
    op.create_index(op.f("ix_lines_ticket_id"), "lines", ["ticket_id"], unique=False)
    op.create_table(
        "resolutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "OPEN",
                "PROPOSED",
                "ACCEPTED",
                "REJECTED",
                "EXPIRED",
                name="resolutionstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposals", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "SUBSTITUTE",
                "REMOVE",
                "POSTPONE",
                "CANCEL_ORDER",
                name="resolutionchoice",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("catering_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_resolutions_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_resolutions_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolutions")),
    )
    op.create_index(op.f("ix_resolutions_order_id"), "resolutions", ["order_id"], unique=False)
    op.create_index(
        "uq_resolutions_line",
        "resolutions",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('OPEN', 'PROPOSED')"),
    )
    for ring in RINGS:
        op.execute(ring)
    op.execute('INSERT INTO announced ("only", position, oldest) VALUES (true, 0, 0)')


def downgrade() -> None:
    op.drop_index(
        "uq_resolutions_line",
        table_name="resolutions",
        postgresql_where=sa.text("status IN ('OPEN', 'PROPOSED')"),
    )
    op.drop_index(op.f("ix_resolutions_order_id"), table_name="resolutions")
    op.drop_table("resolutions")
    op.drop_index(op.f("ix_lines_ticket_id"), table_name="lines")
    op.drop_table("lines")
    op.drop_index(
        "uq_bookings_stop",
        table_name="bookings",
        postgresql_where=sa.text("status IN ('CONFIRMED', 'REQUESTED')"),
    )
    op.drop_index(op.f("ix_bookings_external_id"), table_name="bookings")
    op.drop_index(op.f("ix_bookings_delivery_id"), table_name="bookings")
    op.drop_table("bookings")
    op.drop_index(op.f("ix_stops_delivery_id"), table_name="stops")
    op.drop_table("stops")
    op.drop_index("ix_products_restaurant_id", table_name="products")
    op.drop_index(op.f("ix_products_category_id"), table_name="products")
    op.drop_table("products")
    op.drop_index(
        "uq_offers_driver", table_name="offers", postgresql_where=sa.text("status = 'SENT'")
    )
    op.drop_index(
        "uq_offers_accepted", table_name="offers", postgresql_where=sa.text("status = 'ACCEPTED'")
    )
    op.drop_index(op.f("ix_offers_delivery_id"), table_name="offers")
    op.drop_table("offers")
    op.drop_index("ix_tickets_restaurant", table_name="tickets")
    op.drop_index(op.f("ix_tickets_order_id"), table_name="tickets")
    op.drop_index("ix_tickets_external", table_name="tickets")
    op.drop_table("tickets")
    op.drop_index(
        "uq_tasks_dedup",
        table_name="tasks",
        postgresql_where=sa.text("state IN ('PENDING', 'RUNNING')"),
    )
    op.drop_index(
        "ix_tasks_order",
        table_name="tasks",
        postgresql_where=sa.text("state IN ('PENDING', 'RUNNING')"),
    )
    op.drop_index(
        "ix_tasks_lease", table_name="tasks", postgresql_where=sa.text("state = 'RUNNING'")
    )
    op.drop_index("ix_tasks_due", table_name="tasks", postgresql_where=sa.text("state = 'PENDING'"))
    op.drop_index("ix_tasks_dead", table_name="tasks", postgresql_where=sa.text("state = 'DEAD'"))
    op.drop_table("tasks")
    op.drop_index(op.f("ix_staff_restaurant_id"), table_name="staff")
    op.drop_table("staff")
    op.drop_index(
        "ix_events_unannounced", table_name="events", postgresql_where=sa.text("position IS NULL")
    )
    op.drop_index("ix_events_restaurant", table_name="events")
    op.drop_index("ix_events_order", table_name="events")
    op.drop_index("ix_events_driver", table_name="events")
    op.drop_index("ix_events_delivery", table_name="events")
    op.drop_table("events")
    op.drop_index(
        "uq_deliveries_order",
        table_name="deliveries",
        postgresql_where=sa.text(
            "status IN ('ASSIGNED', 'AT_DROPOFF', 'AT_PICKUP', 'NO_CARRIER', 'PLANNED', 'RETURNING', 'SEARCHING', 'TO_DROPOFF', 'TO_PICKUP', 'UNDELIVERABLE')"
        ),
    )
    op.drop_index(
        "uq_deliveries_driver",
        table_name="deliveries",
        postgresql_where=sa.text(
            "status IN ('ASSIGNED', 'AT_DROPOFF', 'AT_PICKUP', 'RETURNING', 'TO_DROPOFF', 'TO_PICKUP', 'UNDELIVERABLE')"
        ),
    )
    op.drop_index("ix_deliveries_driver", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("categories")
    op.drop_table("webhooks")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_family_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("restaurants")
    op.drop_index("ix_orders_placed", table_name="orders")
    op.drop_index(
        "ix_orders_live",
        table_name="orders",
        postgresql_where=sa.text("(status NOT IN ('CANCELLED', 'DELIVERED', 'FAILED'))"),
    )
    op.drop_index("ix_orders_customer", table_name="orders")
    op.drop_table("orders")
    op.drop_index(
        "ix_drivers_online", table_name="drivers", postgresql_where=sa.text("online IS true")
    )
    op.drop_table("drivers")
    op.drop_index("uq_users_email", table_name="users")
    op.drop_table("users")
    op.drop_table("signing_keys")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("announced")
    op.drop_table("accounts")
    op.execute("DROP FUNCTION catering_ring()")
    op.execute("DROP FUNCTION catering_now()")
