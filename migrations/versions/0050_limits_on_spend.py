"""Limits on spend by windows, requests for more, and destinations that owners have opened.

A hold knows its destination, and a wallet whether anything counts what is spent: where nothing does, nothing more is
read or written than before.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

SUBJECTS = "subject IN ('organization', 'campaign', 'agent', 'destination_class')"
WINDOWS = "\"window\" IN ('hour', 'day', 'week', 'month')"
TABLES = ("spending_limit", "limit_count", "limit_request", "opened_destination")


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet ADD COLUMN IF NOT EXISTS counts_spend boolean DEFAULT false NOT NULL",
        )
        in_use.change(
            op.get_bind(),
            "ALTER TABLE hold ADD COLUMN IF NOT EXISTS destination varchar(60), "
            "ADD COLUMN IF NOT EXISTS destination_class varchar(60)",
        )
    op.create_table(
        "spending_limit",
        _organization("spending_limit"),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("window", sa.String(40), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("raised_micro", sa.BigInteger()),
        sa.Column("raised_until", sa.DateTime(timezone=True)),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("told_percent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told_window", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_spending_limit"),
        sa.UniqueConstraint(
            "org_id",
            "subject",
            "name",
            "window",
            "stops",
            name="uq_spending_limit_org_id_subject_name_window_stops",
        ),
        sa.CheckConstraint(SUBJECTS, name="ck_spending_limit_subject"),
        sa.CheckConstraint(WINDOWS, name="ck_spending_limit_window"),
        sa.CheckConstraint("origin IN ('owner', 'platform')", name="ck_spending_limit_origin"),
        sa.CheckConstraint("amount_micro >= 0 AND raised_micro >= 0", name="ck_spending_limit_not_negative"),
        sa.CheckConstraint(
            "(raised_micro IS NULL) = (raised_until IS NULL)", name="ck_spending_limit_raised_until_a_time"
        ),
    )
    op.create_table(
        "limit_count",
        _organization("limit_count"),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("window", sa.String(40), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_micro", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "subject", "name", "window", name="pk_limit_count"),
        sa.CheckConstraint(SUBJECTS, name="ck_limit_count_subject"),
        sa.CheckConstraint(WINDOWS, name="ck_limit_count_window"),
    )
    op.create_table(
        "limit_request",
        _organization("limit_request"),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("limit_id", sa.UUID(), nullable=False),
        sa.Column("wanted_micro", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_limit_request"),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'obsolete')", name="ck_limit_request_state"
        ),
        sa.CheckConstraint("wanted_micro > 0", name="ck_limit_request_wanted_positive"),
    )
    op.create_index("ix_limit_request_created", "limit_request", ["org_id", "created_at"])
    op.create_index(
        "uq_limit_request_waiting",
        "limit_request",
        ["org_id", "limit_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "opened_destination",
        _organization("opened_destination"),
        sa.Column("destination", sa.String(60), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "destination", name="pk_opened_destination"),
    )
    for table in TABLES:
        op.execute(f"SELECT keep_apart('{table}')")


def _organization(table):
    return sa.Column(
        "org_id",
        sa.UUID(),
        sa.ForeignKey("organization.id", name=f"fk_{table}_org_id_organization"),
        nullable=False,
    )


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE hold DROP COLUMN IF EXISTS destination, DROP COLUMN IF EXISTS destination_class",
        )
        in_use.change(op.get_bind(), "ALTER TABLE wallet DROP COLUMN IF EXISTS counts_spend")
