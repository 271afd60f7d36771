"""What counted resources are called, the oldest first: so that owners see which are over a smaller plan's limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "resource_count",
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    )


def downgrade():
    op.drop_column("resource_count", "names")
