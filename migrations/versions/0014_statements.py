"""An index for a month's lines: statements read the lines of days, and the last position of a day."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_wallet_line_day", "wallet_line", ["org_id", "day", "seq"])


def downgrade():
    op.drop_index("ix_wallet_line_day", "wallet_line")
