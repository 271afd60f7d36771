"""What Stripe's events are of, and when the next try to handle one is due."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEX = "ix_stripe_event_open"


def upgrade():
    op.add_column("stripe_event", sa.Column("api_version", sa.String(length=60)))
    op.add_column("stripe_event", sa.Column("livemode", sa.Boolean()))
    # Rows of the earlier version, and those that it still writes while both run, are due at once.
    op.alter_column("stripe_event", "next_try_at", server_default=sa.func.now())
    op.execute("UPDATE stripe_event SET next_try_at = received_at WHERE state = 'received'")
    op.drop_index(_INDEX, "stripe_event")
    op.create_index(
        _INDEX,
        "stripe_event",
        ["state", "next_try_at"],
        postgresql_where=sa.text("state IN ('received', 'failed', 'refused')"),
    )


def downgrade():
    op.drop_index(_INDEX, "stripe_event")
    op.create_index(
        _INDEX,
        "stripe_event",
        ["received_at"],
        postgresql_where=sa.text("state IN ('received', 'failed')"),
    )
    op.alter_column("stripe_event", "next_try_at", server_default=None)
    op.drop_column("stripe_event", "livemode")
    op.drop_column("stripe_event", "api_version")
