"""Challenges for passkeys that confirm it's still the person who signed in."""

from alembic import op

from app.database import in_use

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

# Its migration named it by the convention twice.
_BEFORE, _NOW = (
    "ck_passkey_challenge_ck_passkey_challenge_challengepurpose",
    "ck_passkey_challenge_challengepurpose",
)
_REPLACE = """
ALTER TABLE passkey_challenge DROP CONSTRAINT IF EXISTS {old}, DROP CONSTRAINT IF EXISTS {new},
    ADD CONSTRAINT {new} CHECK (purpose IN ({purposes}))"""


def upgrade():
    purposes = "'add', 'sign_in', 'second_step', 'confirm'"
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), _REPLACE.format(old=_BEFORE, new=_NOW, purposes=purposes))


def downgrade():
    # A challenge is for minutes: whoever is about to answer one asks for another.
    delete = "DELETE FROM passkey_challenge WHERE purpose = 'confirm';"
    purposes = "'add', 'sign_in', 'second_step'"
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), delete + _REPLACE.format(old=_NOW, new=_BEFORE, purposes=purposes))
