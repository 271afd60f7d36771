"""Second factors: passkeys, authenticator apps, recovery codes, and sign-ins that wait for one.

Only sessions that see all organizations read or write them, as for people: no organization owns a person's factors.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app.database import in_use

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = ("passkey", "passkey_challenge", "authenticator_app", "recovery_code", "pending_sign_in")

_OF_PEOPLE = """
CREATE POLICY by_organization ON {table} USING ((SELECT current_setting('app.org_id', true)) = 'all');
CREATE POLICY owner_at_work ON {table} TO CURRENT_USER
    USING ((SELECT coalesce(current_setting('app.org_id', true), '')) = '');
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"""


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE organization"
            " ADD COLUMN IF NOT EXISTS requires_second_factor boolean NOT NULL DEFAULT false",
        )
    # Each table refers to people, who can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    _passkeys()
    _codes()
    op.create_table(
        "pending_sign_in",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        _moment("expires_at", nullable=False),
        _of_a_person("pending_sign_in"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_pending_sign_in"),
    )
    op.create_index("ix_pending_sign_in_user_id", "pending_sign_in", ["user_id"])
    for table in TABLES:
        op.execute(_OF_PEOPLE.format(table=table))


def _passkeys():
    op.create_table(
        "passkey",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", ARRAY(sa.Text()), nullable=False),
        sa.Column("is_syncable", sa.Boolean(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("last_used_at"),
        _of_a_person("passkey"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_index("uq_passkey_credential_id", "passkey", ["credential_id"], unique=True)
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("user_id", sa.UUID()),
        _moment("expires_at", nullable=False),
        sa.CheckConstraint(
            "purpose IN ('add', 'sign_in', 'second_step')", name="ck_passkey_challenge_challengepurpose"
        ),
        _of_a_person("passkey_challenge"),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_passkey_challenge"),
    )
    op.create_index("ix_passkey_challenge_expires_at", "passkey_challenge", ["expires_at"])


def _codes():
    op.create_table(
        "authenticator_app",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("encrypted_secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger()),
        _moment("created_at", nullable=False),
        _moment("confirmed_at"),
        _moment("last_used_at"),
        _of_a_person("authenticator_app"),
        sa.PrimaryKeyConstraint("id", name="pk_authenticator_app"),
    )
    op.create_index(
        "uq_authenticator_app_user_id_confirmed",
        "authenticator_app",
        ["user_id", sa.text("(confirmed_at IS NULL)")],
        unique=True,
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        _moment("created_at", nullable=False),
        _moment("used_at"),
        _of_a_person("recovery_code"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name="pk_recovery_code"),
    )


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_a_person(table):
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{table}_user_id_user")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE organization DROP COLUMN IF EXISTS requires_second_factor")
