"""What period an invoice is for, as Stripe's lines have it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("invoice", sa.Column("period_start", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invoice", sa.Column("period_end", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("invoice", "period_end")
    op.drop_column("invoice", "period_start")
