"""Who people are at an identity provider, which roles it gave them, and browsers that were sent there.

As for second factors, only sessions that see all organizations read or write the new tables.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLES = ("external_identity", "provider_visit")
REFER = ("membership", "sign_in_session", "pending_sign_in")

_OF_PEOPLE = """
CREATE POLICY by_organization ON {table} USING ((SELECT current_setting('app.org_id', true)) = 'all');
CREATE POLICY owner_at_work ON {table} TO CURRENT_USER
    USING ((SELECT coalesce(current_setting('app.org_id', true), '')) = '');
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"""


def upgrade():
    # Each table refers to people, who can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "external_identity",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("last_used_at"),
        _of_a_person("external_identity"),
        sa.PrimaryKeyConstraint("id", name="pk_external_identity"),
    )
    for columns in (["issuer", "subject"], ["user_id", "issuer"]):
        op.create_index(
            f"uq_external_identity_{'_'.join(columns)}", "external_identity", columns, unique=True
        )
    op.create_table(
        "provider_visit",
        sa.Column("state_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("user_id", sa.UUID()),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("way_back", sa.Text(), nullable=False),
        _moment("began_at", nullable=False),
        _moment("expires_at", nullable=False),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'connect', 'confirm')", name="ck_provider_visit_visitpurpose"
        ),
        _of_a_person("provider_visit"),
        sa.PrimaryKeyConstraint("state_hash", name="pk_provider_visit"),
    )
    op.create_index("ix_provider_visit_expires_at", "provider_visit", ["expires_at"])
    for table in TABLES:
        op.execute(_OF_PEOPLE.format(table=table))
    with op.get_context().autocommit_block():
        change = in_use.change
        for table in REFER:
            name = f"fk_{table}_identity_id_external_identity"
            change(op.get_bind(), f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS identity_id uuid")
            change(op.get_bind(), f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
            change(
                op.get_bind(),
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (identity_id)"
                " REFERENCES external_identity (id) NOT VALID",
            )
            change(op.get_bind(), f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        change(
            op.get_bind(),
            "ALTER TABLE sign_in_session"
            " ADD COLUMN IF NOT EXISTS used_external_factor boolean NOT NULL DEFAULT false",
        )


_GIVEN_BY_ISSUERS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = '{table}'::regclass AND attname = 'identity_id' AND NOT attisdropped) THEN
        DELETE FROM {table} WHERE identity_id IS NOT NULL;
    END IF;
END $$"""


def downgrade():
    with op.get_context().autocommit_block():
        for table in REFER:
            # Without the column they would count for everyone who knows a password here, and last.
            in_use.change(op.get_bind(), _GIVEN_BY_ISSUERS.format(table=table))
            in_use.change(op.get_bind(), f"ALTER TABLE {table} DROP COLUMN IF EXISTS identity_id")
        in_use.change(op.get_bind(), "ALTER TABLE sign_in_session DROP COLUMN IF EXISTS used_external_factor")
    for table in reversed(TABLES):
        op.drop_table(table)


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_a_person(table):
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{table}_user_id_user")
