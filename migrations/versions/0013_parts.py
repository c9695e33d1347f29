"""parts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import words

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TOLD = ("TICKET_REPEATED", "RESOLUTION_REMINDED")


def upgrade() -> None:
    words.admit("events", "kind", "eventkind", *TOLD)
    words.admit("resolutions", "choice", "resolutionchoice", "WAIT")
    op.add_column("resolutions", sa.Column("ticket_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE resolutions SET ticket_id = lines.ticket_id FROM lines"
        " WHERE lines.id = resolutions.line_id"
    )
    op.alter_column("resolutions", "ticket_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_resolutions_ticket_id"), "resolutions", "tickets", ["ticket_id"], ["id"]
    )
    op.alter_column(
        "resolutions", "line_id", nullable=True, comment="None where it is about the whole ticket."
    )
    op.create_index(
        "uq_resolutions_ticket",
        "resolutions",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("line_id IS NULL AND status IN ('OPEN', 'PROPOSED')"),
    )
    op.add_column(
        "charges",
        sa.Column(
            "escalated",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="A manager was told; it hangs still.",
        ),
    )


def downgrade() -> None:
    op.drop_column("charges", "escalated")
    op.execute("DELETE FROM resolutions WHERE line_id IS NULL")
    op.drop_index("uq_resolutions_ticket", table_name="resolutions")
    op.alter_column("resolutions", "line_id", nullable=False, comment=None)
    op.drop_constraint(op.f("fk_resolutions_ticket_id"), "resolutions")
    op.drop_column("resolutions", "ticket_id")
    words.dismiss("resolutions", "choice", "resolutionchoice", "WAIT")
    op.get_bind().execute(
        sa.text("DELETE FROM events WHERE kind = ANY(:told)"), {"told": list(TOLD)}
    )
    words.dismiss("events", "kind", "eventkind", *TOLD)
