"""That a wallet's credit is low, until it has recovered: told once, whatever calls come and go."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "wallet", sa.Column("is_low", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.execute("UPDATE wallet SET is_low = true WHERE state = 'low'")


def downgrade():
    op.drop_column("wallet", "is_low")
