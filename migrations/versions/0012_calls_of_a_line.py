"""An index for the calls of a usage line: the events of an organization by the day on which they were posted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "ix_usage_event_posted",
        "usage_event",
        ["org_id", "posted_at"],
        postgresql_where=sa.text("call IS NOT NULL AND corrects_id IS NULL"),
    )


def downgrade():
    op.drop_index("ix_usage_event_posted", "usage_event")
