"""The ids at Stripe that the operators' console searches by get an index each, and so does what operators did in one organization.

Built beside those who write. Begun again where it was stopped: an index that was left unfinished is built from the start.
"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_top_up_charge_id": "top_up (charge_id)",
    "ix_subscription_stripe_id": "subscription (stripe_id)",
    "ix_dispute_stripe_id": "dispute (stripe_id)",
    "ix_operator_event_organization": "operator_event (organization_id, at, id)",
}


def upgrade():
    with op.get_context().autocommit_block():
        for name, of in _INDEXES.items():
            _beside(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            _beside(f"CREATE INDEX CONCURRENTLY {name} ON {of}")


def downgrade():
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            _beside(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _beside(statement):
    # Waits for those that read and write, and none of them for it.
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET lock_timeout = 0")
    driver.execute(statement)
