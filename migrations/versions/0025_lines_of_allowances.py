"""Paid units of a period by the rate that they were charged at, so that a line is rounded once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    # Units that were charged before belong to no rate yet: the first usage that is rated in their period takes them
    # to its own. Nothing is charged again by that: an event costs only what it adds.
    op.add_column("allowance", sa.Column("lines", postgresql.JSONB(), server_default="{}", nullable=False))


def downgrade():
    op.drop_column("allowance", "lines")
