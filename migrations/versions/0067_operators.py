"""Operators: their accounts, their sessions in the console, and what they did; and who accepted a finding, and why.

As for second factors, only sessions that see all organizations read or write the new tables. What operators did is
only added to. An operator's row stays, as what they did refers to it. Findings are few, and invoices get their indexes,
by which the console finds whose one is, beside writers.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

TABLES = ("operator", "operator_session", "operator_event")

_OF_OPERATORS = """
CREATE POLICY by_organization ON {table} USING ((SELECT current_setting('app.org_id', true)) = 'all');
CREATE POLICY owner_at_work ON {table} TO CURRENT_USER
    USING ((SELECT coalesce(current_setting('app.org_id', true), '')) = '');
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"""

_GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON operator_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON operator_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE ON operator FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON operator FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""

_INDEXES = {"ix_invoice_stripe_id": "stripe_id", "ix_invoice_number": "number"}
_ACCEPTED = ("accepted_by text", "accepted_at timestamptz", "accepted_reason text")


def upgrade():
    # First what can begin again where it was stopped.
    with op.get_context().autocommit_block():
        columns = ", ".join(f"ADD COLUMN IF NOT EXISTS {column}" for column in _ACCEPTED)
        in_use.change(op.get_bind(), f"ALTER TABLE finding {columns}")
        for name, column in _INDEXES.items():
            _beside(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            _beside(f"CREATE INDEX CONCURRENTLY {name} ON invoice ({column})")
    _accounts()
    _events()
    for table in TABLES:
        op.execute(_OF_OPERATORS.format(table=table))
    op.execute(_GUARDS)


def _accounts():
    op.create_table(
        "operator",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("encrypted_secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger()),
        sa.Column("link_hash", sa.LargeBinary(32)),
        _moment("link_ends_at"),
        _moment("created_at", nullable=False),
        _moment("disabled_at"),
        sa.CheckConstraint("role IN ('support', 'finance')", name="ck_operator_operatorrole"),
        sa.PrimaryKeyConstraint("id", name="pk_operator"),
    )
    op.create_index("uq_operator_email_lower", "operator", [sa.text("lower(email)")], unique=True)
    op.create_index("uq_operator_link_hash", "operator", ["link_hash"], unique=True)
    op.create_table(
        "operator_session",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("operator_id", sa.UUID(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("seen_at", nullable=False),
        _moment("confirmed_at", nullable=False),
        sa.Column("device", sa.String(120)),
        sa.Column("address", sa.String(64)),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name="fk_operator_session_operator_id_operator"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_operator_session"),
    )
    op.create_index("ix_operator_session_operator_id", "operator_session", ["operator_id"])


def _events():
    op.create_table(
        "operator_event",
        sa.Column("id", sa.UUID(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("operator_id", sa.UUID()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("organization_id", sa.UUID()),
        sa.Column("organization", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("amount_micro", sa.BigInteger()),
        sa.Column("currency", sa.String(3)),
        sa.Column("address", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_operator_event"),
    )
    op.create_index("ix_operator_event_at", "operator_event", ["at", "id"])
    op.create_index("ix_operator_event_operator", "operator_event", ["operator_id", "at"])


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade():
    with op.get_context().autocommit_block():
        columns = ", ".join(f"DROP COLUMN IF EXISTS {column.split()[0]}" for column in _ACCEPTED)
        in_use.change(op.get_bind(), f"ALTER TABLE finding {columns}")
        for name in _INDEXES:
            _beside(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    for table in reversed(TABLES):
        op.drop_table(table)


def _beside(statement):
    # Waits for those that read and write, and none of them for it.
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET lock_timeout = 0")
    driver.execute(statement)
