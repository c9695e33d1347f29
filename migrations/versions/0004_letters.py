"""letters, attempts, and keys that take over from each other."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import words

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("LETTER_WRITTEN", "EMAIL_VERIFIED", "PASSWORD_CHANGED", "KEY_ROTATED", "KEY_RETIRED")


def upgrade() -> None:
    op.add_column("users", _moment("email_verified_at", "When a token that was mailed there came back."))  # fmt: skip
    op.add_column("signing_keys", _moment("verifies_until", "Set when another took over: it signs no more, and verifies until then."))  # fmt: skip
    op.execute(
        "UPDATE signing_keys SET verifies_until = catering_now() + interval '1 hour'"
        " WHERE retired_at IS NULL AND kid <> (SELECT kid FROM signing_keys"
        " WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1)"
    )
    op.create_index(
        "uq_signing_keys_current", "signing_keys", [sa.text("(true)")], unique=True,
        postgresql_where=sa.text("verifies_until IS NULL AND retired_at IS NULL"),
    )  # fmt: skip
    op.alter_column(
        "signing_keys", "retired_at", comment="Verifies no more.",
        existing_comment="Signs no more; verifies until the row is deleted.",
    )  # fmt: skip
    _create_letters()
    _create_attempts()
    words.admit("events", "kind", "eventkind", *KINDS)


def downgrade() -> None:
    events = sa.table("events", sa.column("kind"))
    op.execute("DELETE FROM tasks WHERE kind = 'send_mail'")
    op.execute(events.delete().where(events.c.kind.in_(KINDS)))
    words.dismiss("events", "kind", "eventkind", *KINDS)
    op.drop_table("attempts")
    op.drop_table("letters")
    op.alter_column(
        "signing_keys", "retired_at", comment="Signs no more; verifies until the row is deleted.",
        existing_comment="Verifies no more.",
    )  # fmt: skip
    op.drop_index("uq_signing_keys_current", "signing_keys")
    # The code before knew no key that has stopped verifying but one that is gone.
    op.execute("DELETE FROM signing_keys WHERE retired_at IS NOT NULL")
    op.drop_column("signing_keys", "verifies_until")
    op.drop_column("users", "email_verified_at")


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "ACTIVATION", "PASSWORD_RESET", name="purpose", native_enum=False,
                create_constraint=True, length=32,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=False, comment="As typed; maybe nobody's."),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="Whose it turned out to be."),
        sa.Column(
            "token_hashes", postgresql.ARRAY(sa.LargeBinary()), nullable=False,
            comment="SHA-256; each sending has a token of its own.",
        ),
        _moment("created_at", None, nullable=False, server_default=sa.text("catering_now()")),
        _moment("expires_at", None),
        _moment("sent_at", None),
        _moment("used_at", "Its tokens are good no more."),
        sa.Column("failure", sa.Text(), nullable=True, comment="Why it will never arrive."),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_letters_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )  # fmt: skip
    op.create_index(op.f("ix_letters_user_id"), "letters", ["user_id"])
    op.create_index(
        "ix_letters_email", "letters", [sa.text("lower(email)"), "purpose", "created_at"]
    )


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column(
            "account", sa.LargeBinary(), nullable=False,
            comment="SHA-256 of the address that was typed; maybe nobody's.",
        ),
        sa.Column(
            "origin", sa.Text(), nullable=False,
            comment="The network, or the device that was signed in before.",
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("last_at", None, nullable=False, server_default=sa.text("catering_now()")),
        sa.PrimaryKeyConstraint("account", "origin", name=op.f("pk_attempts")),
    )  # fmt: skip
    op.create_index(op.f("ix_attempts_last_at"), "attempts", ["last_at"])


def _moment(name: str, comment: str | None, **options: object) -> sa.Column[object]:
    plain = {"nullable": True, **options}
    return sa.Column(name, sa.DateTime(timezone=True), comment=comment, **plain)  # type: ignore[arg-type]
