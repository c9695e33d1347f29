"""What Alembic runs: on the connection that `catering.migrating` hands over, and only there."""

from alembic import context

from catering.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    compare_server_default=True,
    # A migration that had to give way to a long reader is tried again; those before it stay.
    transaction_per_migration=True,
)

with context.begin_transaction():
    context.run_migrations()
