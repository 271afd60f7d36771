"""Auto top-up: its settings, the consents to them, and the attempts to charge cards.

At most one automatic top-up of an organization is open at any moment: the database refuses another.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.database import in_use

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLES = ("auto_top_up_consent", "auto_top_up", "auto_top_up_card", "auto_top_up_attempt")


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE top_up ADD COLUMN IF NOT EXISTS auto_month date")
        # Payments are made meanwhile. One that was interrupted leaves an index that is never used.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_top_up_automatic")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY uq_top_up_automatic ON top_up (org_id) "
            "WHERE auto_month IS NOT NULL AND status IN ('review', 'paying', 'action', 'declined')"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_top_up_auto_month")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_top_up_auto_month ON top_up (org_id, auto_month) "
            "WHERE auto_month IS NOT NULL"
        )
    op.create_table(
        "auto_top_up_consent",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("address", sa.String(60)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_auto_top_up_consent_org_id_organization"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_auto_top_up_consent"),
    )
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON auto_top_up_consent
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
    op.create_table(
        "auto_top_up",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("threshold_micro", sa.BigInteger(), nullable=False),
        sa.Column("target_micro", sa.BigInteger(), nullable=False),
        sa.Column("cap_micro", sa.BigInteger(), nullable=False),
        sa.Column("consent_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("refused_for", sa.String(40)),
        sa.Column("refused_at", sa.DateTime(timezone=True)),
        sa.Column("off_reason", sa.String(40)),
        sa.Column("off_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_auto_top_up_org_id_organization"),
        sa.ForeignKeyConstraint(
            ["org_id", "consent_id"],
            ["auto_top_up_consent.org_id", "auto_top_up_consent.id"],
            name="fk_auto_top_up_consent",
        ),
        sa.PrimaryKeyConstraint("org_id", name="pk_auto_top_up"),
        sa.CheckConstraint(
            "threshold_micro > 0 AND target_micro > threshold_micro", name="ck_auto_top_up_target_above"
        ),
        sa.CheckConstraint("cap_micro > 0", name="ck_auto_top_up_cap_positive"),
        sa.CheckConstraint(
            "off_reason IN ('owner', 'failures', 'dispute')", name="ck_auto_top_up_off_reason"
        ),
    )
    op.create_table(
        "auto_top_up_card",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payment_method_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_auto_top_up_card_org_id_organization"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "payment_method_id"],
            ["payment_method.org_id", "payment_method.id"],
            name="fk_auto_top_up_card_org_id_payment_method",
        ),
        sa.PrimaryKeyConstraint("org_id", "position", name="pk_auto_top_up_card"),
        sa.UniqueConstraint(
            "org_id", "payment_method_id", name="uq_auto_top_up_card_org_id_payment_method_id"
        ),
        sa.CheckConstraint("position > 0", name="ck_auto_top_up_card_position_positive"),
    )
    op.create_table(
        "auto_top_up_attempt",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("top_up_id", sa.UUID(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("payment_method_id", sa.UUID(), nullable=False),
        sa.Column("charge_before", sa.String(255)),
        sa.Column("outcome", sa.String(40)),
        sa.Column("code", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_auto_top_up_attempt_org_id_organization"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "top_up_id"],
            ["top_up.org_id", "top_up.id"],
            name="fk_auto_top_up_attempt_org_id_top_up",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "payment_method_id"],
            ["payment_method.org_id", "payment_method.id"],
            name="fk_auto_top_up_attempt_org_id_payment_method",
        ),
        sa.PrimaryKeyConstraint("org_id", "top_up_id", "attempt", name="pk_auto_top_up_attempt"),
        sa.CheckConstraint(
            "outcome IN ('paid', 'final', 'confirmation', 'declined', 'not_tried')",
            name="ck_auto_top_up_attempt_outcome",
        ),
    )
    for table in TABLES:
        op.execute(f"SELECT keep_apart('{table}')")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_top_up_auto_month")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_top_up_automatic")
        in_use.change(op.get_bind(), "ALTER TABLE top_up DROP COLUMN IF EXISTS auto_month")
