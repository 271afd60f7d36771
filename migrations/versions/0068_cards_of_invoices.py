"""Which card paid an invoice, how much of it and when; unknown for those that are stored already until they are fetched again."""

from alembic import op

from app.database import in_use

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_COLUMNS = {"paid_with": "varchar(255)", "charged_micro": "bigint", "paid_at": "timestamp with time zone"}


def upgrade():
    added = ", ".join(f"ADD COLUMN IF NOT EXISTS {name} {kind}" for name, kind in _COLUMNS.items())
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), f"ALTER TABLE invoice {added}")


def downgrade():
    dropped = ", ".join(f"DROP COLUMN IF EXISTS {name}" for name in _COLUMNS)
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), f"ALTER TABLE invoice {dropped}")
