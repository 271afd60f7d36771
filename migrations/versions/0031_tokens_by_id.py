"""A token of the API is seen by who names it: to look one up, nothing has to see those of all organizations."""

from alembic import op

from app.database import in_use

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "CREATE POLICY read_by_id ON api_token FOR SELECT"
            " USING (id::text = current_setting('app.token_id', true))",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "DROP POLICY read_by_id ON api_token")
