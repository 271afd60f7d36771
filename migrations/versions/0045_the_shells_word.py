"""Sessions that the shell begins, which end unless it renews them, and its tokens that were used.

Only sessions that see all organizations read or write the new table, as for people.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(), "ALTER TABLE sign_in_session ADD COLUMN IF NOT EXISTS ends_at timestamptz"
        )
    op.create_table(
        "used_token",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_used_token"),
    )
    op.create_index("ix_used_token_expires_at", "used_token", ["expires_at"])
    op.execute("""
        CREATE POLICY by_organization ON used_token USING ((SELECT current_setting('app.org_id', true)) = 'all');
        CREATE POLICY owner_at_work ON used_token TO CURRENT_USER
            USING ((SELECT coalesce(current_setting('app.org_id', true), '')) = '');
        ALTER TABLE used_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY""")


def downgrade():
    op.drop_table("used_token")
    # Without it, they would last as long as any other.
    op.execute("DELETE FROM sign_in_session WHERE ends_at IS NOT NULL")
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE sign_in_session DROP COLUMN IF EXISTS ends_at")
