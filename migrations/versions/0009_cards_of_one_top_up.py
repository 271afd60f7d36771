"""The wish to keep a card that was entered for a top-up, and the way from a card to its top-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("top_up", sa.Column("keep_card", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_top_up_card", "top_up", ["org_id", "payment_method_id"])


def downgrade():
    op.drop_index("ix_top_up_card", "top_up")
    op.drop_column("top_up", "keep_card")
