"""traces."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = {
    "request_id": "The request that it began with.",
    "traceparent": "Where in which trace it was written, as the W3C spells it.",
}


def upgrade() -> None:
    for table in ("events", "tasks"):
        for name, told in COLUMNS.items():
            op.add_column(table, sa.Column(name, sa.Text(), comment=told))


def downgrade() -> None:
    for table in ("tasks", "events"):
        for name in reversed(COLUMNS):
            op.drop_column(table, name)
