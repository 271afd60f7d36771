"""The audit trail is read by time."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_audit_event_at", "audit_event", ["org_id", "at", "id"])


def downgrade():
    op.drop_index("ix_audit_event_at", "audit_event")
