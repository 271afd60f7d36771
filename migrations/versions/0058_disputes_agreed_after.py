"""Which consent to auto top-up an owner gave when a dispute of an automatic charge was known already.

Until now that was told from times, and Stripe's are in whole seconds.
"""

from alembic import op

from app.database import in_use

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_COLUMN = """
ALTER TABLE dispute ADD COLUMN IF NOT EXISTS consent_id uuid;
ALTER TABLE dispute DROP CONSTRAINT IF EXISTS fk_dispute_consent,
    ADD CONSTRAINT fk_dispute_consent FOREIGN KEY (org_id, consent_id)
        REFERENCES auto_top_up_consent (org_id, id) NOT VALID"""

_AGREED_AFTER = """
UPDATE dispute SET consent_id = auto_top_up.consent_id
FROM auto_top_up JOIN auto_top_up_consent AS consent
    ON consent.org_id = auto_top_up.org_id AND consent.id = auto_top_up.consent_id
WHERE dispute.org_id = auto_top_up.org_id AND dispute.consent_id IS NULL
    AND dispute.status NOT LIKE 'warning%' AND dispute.opened_at < date_trunc('second', consent.at)
    AND EXISTS (SELECT FROM top_up WHERE top_up.org_id = dispute.org_id AND top_up.id = dispute.top_up_id
                AND top_up.auto_month IS NOT NULL)"""


def upgrade():
    with op.get_context().autocommit_block():
        for statements in (
            _COLUMN,
            "ALTER TABLE dispute VALIDATE CONSTRAINT fk_dispute_consent",
            _AGREED_AFTER,
        ):
            in_use.change(op.get_bind(), statements)


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE dispute DROP COLUMN IF EXISTS consent_id")
