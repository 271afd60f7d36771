"""Until when a renewal could be paid before its organization moved to another zone."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("subscription", sa.Column("promised_until", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("subscription", "promised_until")
