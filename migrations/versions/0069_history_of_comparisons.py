"""Each comparison with Stripe notes which history of the database it was made with."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("reconciliation_run", sa.Column("database_history", sa.String(60)))


def downgrade():
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("reconciliation_run", "database_history")
