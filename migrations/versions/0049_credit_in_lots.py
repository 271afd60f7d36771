"""Credit in lots, what they paid for, and promotional credit, which expires.

What an organization has now is drawn into lots from its ledger, when they are first needed or at night. On the way
back promotional credit is credit, and what has expired is an adjustment; when lots expire is forgotten.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_KINDS = (
    "top_up",
    "refund",
    "refund_reversal",
    "dispute",
    "dispute_reversal",
    "usage",
    "adjustment",
    "credit",
)
_NEW_KINDS = ("promotion", "expiry")
_ACCOUNTS = ("wallet", "stripe", "calling", "telephony", "models", "adjustments")
_NEW_ACCOUNTS = ("promotions", "expired")


def upgrade():
    with op.get_context().autocommit_block():
        _allow((*_KINDS, *_NEW_KINDS), (*_ACCOUNTS, *_NEW_ACCOUNTS))
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet ADD COLUMN IF NOT EXISTS credit_expires_at timestamptz,"
            " ADD COLUMN IF NOT EXISTS drawn_seq bigint NOT NULL DEFAULT 0",
        )
        in_use.change(op.get_bind(), "ALTER TABLE wallet_line ADD COLUMN IF NOT EXISTS corrects_seq bigint")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_wallet_credit_expires")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_wallet_credit_expires ON wallet (credit_expires_at)"
            " WHERE credit_expires_at IS NOT NULL"
        )
    op.create_table(
        "credit_lot",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("drawn_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("withdrawn_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expired_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("top_up_id", sa.UUID()),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_credit_lot_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_credit_lot"),
        sa.UniqueConstraint("org_id", "seq", name="uq_credit_lot_org_id_seq"),
        sa.CheckConstraint("kind IN ('promotional', 'goodwill', 'paid')", name=op.f("ck_credit_lot_lotkind")),
        sa.CheckConstraint("amount_micro > 0", name=op.f("ck_credit_lot_amount_positive")),
        sa.CheckConstraint(
            "drawn_micro >= 0 AND withdrawn_micro >= 0 AND expired_micro >= 0",
            name=op.f("ck_credit_lot_not_negative"),
        ),
    )
    used_up = "drawn_micro + withdrawn_micro + expired_micro"
    op.create_index(
        "ix_credit_lot_left", "credit_lot", ["org_id"], postgresql_where=sa.text(f"amount_micro <> {used_up}")
    )
    op.create_index(
        "ix_credit_lot_expires",
        "credit_lot",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "ix_credit_lot_top_up",
        "credit_lot",
        ["org_id", "top_up_id"],
        postgresql_where=sa.text("top_up_id IS NOT NULL"),
    )
    op.create_table(
        "lot_draw",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("lot_id", sa.UUID()),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("first_micro", sa.BigInteger(), nullable=False),
        sa.Column("last_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_lot_draw_org_id_organization"),
        sa.ForeignKeyConstraint(
            ["org_id", "lot_id"], ["credit_lot.org_id", "credit_lot.id"], name="fk_lot_draw_lot"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_lot_draw"),
        sa.CheckConstraint(
            "amount_micro > 0 AND first_seq <= last_seq", name=op.f("ck_lot_draw_amount_positive")
        ),
    )
    op.create_index("ix_lot_draw_seq", "lot_draw", ["org_id", "last_seq", "first_seq"])
    op.create_index("ix_lot_draw_lot", "lot_draw", ["org_id", "lot_id", "last_seq"])
    op.create_table(
        "lot_return",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.UUID(), nullable=False),
        sa.Column("of_seq", sa.BigInteger(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_lot_return_org_id_organization"),
        sa.ForeignKeyConstraint(
            ["org_id", "lot_id"], ["credit_lot.org_id", "credit_lot.id"], name="fk_lot_return_lot"
        ),
        sa.PrimaryKeyConstraint("org_id", "seq", "lot_id", name="pk_lot_return"),
        sa.CheckConstraint("amount_micro > 0", name=op.f("ck_lot_return_amount_positive")),
    )
    op.create_index("ix_lot_return_of", "lot_return", ["org_id", "of_seq"])
    for table in ("credit_lot", "lot_draw", "lot_return"):
        op.execute(f"SELECT keep_apart('{table}')")


def downgrade():
    for table in ("lot_return", "lot_draw", "credit_lot"):
        op.drop_table(table)
    _rename_what_is_new()
    with op.get_context().autocommit_block():
        _allow(_KINDS, _ACCOUNTS)
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_wallet_credit_expires")
        in_use.change(op.get_bind(), "ALTER TABLE wallet_line DROP COLUMN IF EXISTS corrects_seq")
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet DROP COLUMN IF EXISTS credit_expires_at, DROP COLUMN IF EXISTS drawn_seq",
        )


def _allow(kinds, accounts):
    """What the ledger's columns may say. Rows that are there are checked without stopping anyone."""
    for table, column, name, allowed in (
        ("transfer", "kind", "transferkind", kinds),
        ("wallet_line", "kind", "transferkind", kinds),
        ("transfer", "debit", "debit", accounts),
        ("transfer", "credit", "credit", accounts),
        ("account", "name", "accountname", accounts),
    ):
        listed = ", ".join(f"'{value}'" for value in allowed)
        constraint = f"ck_{table}_{name}"
        in_use.change(
            op.get_bind(),
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint},"
            f" ADD CONSTRAINT {constraint} CHECK ({column} IN ({listed})) NOT VALID",
        )
        in_use.change(op.get_bind(), f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")


def _rename_what_is_new():
    """What the older version has no name for becomes what is nearest, with the same amounts."""
    op.execute("""
        INSERT INTO account (org_id, name, balance_micro)
            SELECT org_id, 'adjustments', 0 FROM account WHERE name IN ('promotions', 'expired') GROUP BY org_id
            ON CONFLICT DO NOTHING;
        ALTER TABLE transfer DISABLE TRIGGER append_only;
        UPDATE transfer SET kind = CASE kind WHEN 'promotion' THEN 'credit' ELSE 'adjustment' END,
            source = kind || ':' || source,
            debit = CASE debit WHEN 'promotions' THEN 'adjustments' ELSE debit END,
            credit = CASE credit WHEN 'expired' THEN 'adjustments' ELSE credit END
            WHERE kind IN ('promotion', 'expiry');
        ALTER TABLE transfer ENABLE TRIGGER append_only;
        UPDATE wallet_line SET kind = CASE kind WHEN 'promotion' THEN 'credit' ELSE 'adjustment' END
            WHERE kind IN ('promotion', 'expiry');
        UPDATE account SET balance_micro = account.balance_micro + moved.total FROM (
            SELECT org_id, sum(balance_micro) AS total FROM account WHERE name IN ('promotions', 'expired')
            GROUP BY org_id) moved
            WHERE account.org_id = moved.org_id AND account.name = 'adjustments';
        ALTER TABLE account DISABLE TRIGGER never_removed;
        DELETE FROM account WHERE name IN ('promotions', 'expired');
        ALTER TABLE account ENABLE TRIGGER never_removed""")
