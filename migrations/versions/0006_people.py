"""documents of drivers; accounts that wait for their person, are closed, or have lost him."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = (
    "DRIVER_REJECTED", "DRIVER_DOCUMENTS", "USER_INVITED", "USER_JOINED", "USER_SUSPENDED",
    "USER_REINSTATED", "USER_ERASED", "STAFF_ADDED", "STAFF_REMOVED",
)  # fmt: skip
DOCUMENTS = (
    "IDENTITY", "DRIVING_LICENCE", "VEHICLE_REGISTRATION", "INSURANCE", "WORK_PERMIT",
    "HEALTH_CERTIFICATE",
)  # fmt: skip
LOCKED = "That of the account; here, too, because whoever offers work locks this row."


def upgrade() -> None:
    op.add_column("users", _moment("invited_at", "Of an account that waits for its person; null once he has come."))  # fmt: skip
    op.add_column("users", _moment("suspended_at", "Nobody gets in with it."))
    op.add_column("users", sa.Column("suspension", sa.Text(), nullable=True, comment="Why."))
    op.add_column("users", _moment("erased_at", "The person is gone; the row stays for what he did."))  # fmt: skip
    op.add_column("drivers", _moment("rejected_at", None))
    op.add_column("drivers", sa.Column("rejection", sa.Text(), nullable=True, comment="Why a manager said no."))  # fmt: skip
    op.alter_column("drivers", "suspended_at", comment=LOCKED)
    op.execute(
        "UPDATE users SET suspended_at = drivers.suspended_at FROM drivers"
        " WHERE drivers.id = users.id AND drivers.suspended_at IS NOT NULL"
    )
    op.create_table(
        "driver_documents",
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*DOCUMENTS, name="documentkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True, comment="A picture of it."),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="The last day on which it is good."),
        _moment("created_at", None, nullable=False, server_default=sa.text("catering_now()")),
        sa.ForeignKeyConstraint(
            ["driver_id"], ["drivers.id"], name=op.f("fk_driver_documents_driver_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("driver_id", "kind", name=op.f("pk_driver_documents")),
    )  # fmt: skip
    words.admit("events", "kind", "eventkind", *KINDS)
    words.admit("letters", "purpose", "purpose", "INVITATION")


def downgrade() -> None:
    events = sa.table("events", sa.column("kind"))
    op.execute("DELETE FROM tasks WHERE kind = 'relieve_driver'")
    op.execute(events.delete().where(events.c.kind.in_(KINDS)))
    op.execute("DELETE FROM letters WHERE purpose = 'INVITATION'")
    words.dismiss("letters", "purpose", "purpose", "INVITATION")
    words.dismiss("events", "kind", "eventkind", *KINDS)
    op.drop_table("driver_documents")
    op.alter_column("drivers", "suspended_at", comment=None, existing_comment=LOCKED)
    for column in ("rejection", "rejected_at"):
        op.drop_column("drivers", column)
    for column in ("erased_at", "suspension", "suspended_at", "invited_at"):
        op.drop_column("users", column)


def _moment(name: str, comment: str | None, **options: object) -> sa.Column[object]:
    plain = {"nullable": True, **options}
    return sa.Column(name, sa.DateTime(timezone=True), comment=comment, **plain)  # type: ignore[arg-type]
