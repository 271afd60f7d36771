"""Addresses that get no more emails of a kind, because someone there stopped them by a link."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade():
    # It refers to organizations, which can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "mail_opt_out",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_mail_opt_out_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "address", "what", name="pk_mail_opt_out"),
        sa.CheckConstraint("what IN ('alerts', 'digest')", name="ck_mail_opt_out_stoppedmail"),
    )
    op.execute("SELECT keep_apart('mail_opt_out')")


def downgrade():
    op.drop_table("mail_opt_out")
