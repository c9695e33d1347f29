"""searching."""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The same apostrophe is written in seven ways, and left out in an eighth. Quotes and dashes are no
# letters, whatever the locale of the database says. The bodies are expressions, not text: since
# version 17 PostgreSQL builds an index without a search path, and text would not find its functions.
FOLDED = """
CREATE FUNCTION catering_folded(told text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
    translate(lower(coalesce(told, '')), 'ґ«»„“”—–…''’ʼ`′ʹ‘', 'г' || repeat(' ', 8))
"""
# Twice, because a menu is in two languages: words as they are, and English ones by their stems.
WORDS = """
CREATE FUNCTION catering_words(name text, told text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
    setweight(to_tsvector('simple', catering_folded(name)), 'A')
        || setweight(to_tsvector('english', catering_folded(name)), 'A')
        || setweight(to_tsvector('simple', catering_folded(told)), 'C')
        || setweight(to_tsvector('english', catering_folded(told)), 'C')
"""


def upgrade() -> None:
    op.execute(FOLDED)
    op.execute(WORDS)
    op.execute(
        "CREATE INDEX ix_products_words ON products USING gin (catering_words(name, description))"
    )
    op.execute(
        "CREATE INDEX ix_restaurants_words ON restaurants USING gin (catering_words(name, slug))"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_restaurants_words")
    op.execute("DROP INDEX ix_products_words")
    op.execute("DROP FUNCTION catering_words(text, text)")
    op.execute("DROP FUNCTION catering_folded(text)")
