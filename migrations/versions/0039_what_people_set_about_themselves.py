"""The language and the last change of a password of each person; id, device and address of their sessions."""

from alembic import op

from app.database import in_use

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            'ALTER TABLE "user" ADD COLUMN IF NOT EXISTS language varchar(20), '
            "ADD COLUMN IF NOT EXISTS password_set_at timestamptz",
        )
        # A default that differs by row rewrites the table: there are only the sessions of the last hours.
        in_use.change(
            op.get_bind(),
            "ALTER TABLE sign_in_session ADD COLUMN IF NOT EXISTS id uuid NOT NULL DEFAULT gen_random_uuid(), "
            "ADD COLUMN IF NOT EXISTS device varchar(120), ADD COLUMN IF NOT EXISTS address varchar(64)",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE sign_in_session DROP COLUMN IF EXISTS id, "
            "DROP COLUMN IF EXISTS device, DROP COLUMN IF EXISTS address",
        )
        in_use.change(
            op.get_bind(),
            'ALTER TABLE "user" DROP COLUMN IF EXISTS language, DROP COLUMN IF EXISTS password_set_at',
        )
