"""Daily totals of usage by phone number, from what is added up a few minutes later, beside those by campaign and agent.

A trigger on `usage_rollup` keeps them, whatever version is running. Those of days before are filled organization by
organization, some days at a time; rows that are added up meanwhile wait for the organization's mark, as always.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_ADD = """
INSERT INTO usage_by_name AS total (org_id, kind, posted_on, name, is_correction, calling_units, calling_micro,
    telephony_micro, models_micro)
SELECT org_id, 'number', posted_on, number, is_correction,
    coalesce(sum(quantity) FILTER (WHERE usage_group = 'calling'), 0),
    coalesce(sum(amount_micro) FILTER (WHERE usage_group = 'calling'), 0),
    coalesce(sum(amount_micro) FILTER (WHERE coalesce(usage_group, 'telephony') = 'telephony'), 0),
    coalesce(sum(amount_micro) FILTER (WHERE usage_group = 'models'), 0)
FROM {rows} LEFT JOIN meter_group USING (meter)
GROUP BY 1, 3, 4, 5
ON CONFLICT (org_id, kind, posted_on, name, is_correction) DO UPDATE SET
    calling_units = total.calling_units + excluded.calling_units,
    calling_micro = total.calling_micro + excluded.calling_micro,
    telephony_micro = total.telephony_micro + excluded.telephony_micro,
    models_micro = total.models_micro + excluded.models_micro"""

_COLUMNS = "org_id, posted_on, meter, number, is_correction"
_GONE = (
    f"(SELECT {_COLUMNS}, -quantity AS quantity, -amount_micro AS amount_micro FROM before_change) AS gone"
)
_CHANGES = f"""(
    SELECT {_COLUMNS}, quantity, amount_micro FROM after_change
    UNION ALL SELECT {_COLUMNS}, -quantity, -amount_micro FROM before_change) AS changes"""

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION add_up_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_ADD.format(rows="after_change")};
    ELSIF TG_OP = 'DELETE' THEN
        {_ADD.format(rows=_GONE)};
    ELSIF EXISTS (SELECT FROM after_change) THEN
        {_ADD.format(rows=_CHANGES)};
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION recount_numbers(whose uuid, first date, last date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM rollup_mark WHERE org_id = whose FOR NO KEY UPDATE;
    DELETE FROM usage_by_name WHERE org_id = whose AND kind = 'number' AND posted_on BETWEEN first AND last;
    {_ADD.format(rows="(SELECT * FROM usage_rollup WHERE org_id = whose AND posted_on BETWEEN first AND last) AS added")};
END $$"""

_TRIGGERS = {
    "added_up": "INSERT ON usage_rollup REFERENCING NEW TABLE AS after_change",
    "added_up_again": "UPDATE ON usage_rollup REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change",
    "taken_out": "DELETE ON usage_rollup REFERENCING OLD TABLE AS before_change",
}

_DAYS = 7
"""How many are filled in one transaction."""


def upgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        in_use.change(bind, _FUNCTIONS)
        for name, when in _TRIGGERS.items():
            in_use.change(
                bind,
                f"CREATE OR REPLACE TRIGGER {name} AFTER {when} FOR EACH STATEMENT EXECUTE FUNCTION add_up_numbers()",
            )
        in_use.fill(bind, "usage_rollup", "SELECT recount_numbers({org_id}, {first}, {last})", days=_DAYS)


def downgrade():
    with op.get_context().autocommit_block():
        for name in _TRIGGERS:
            in_use.change(op.get_bind(), f"DROP TRIGGER IF EXISTS {name} ON usage_rollup")
        for function in ("recount_numbers", "add_up_numbers"):
            in_use.change(op.get_bind(), f"DROP FUNCTION IF EXISTS {function}")
        for (org_id,) in op.get_bind().execute(sa.text("SELECT org_id FROM wallet ORDER BY 1")).all():
            in_use.change(
                op.get_bind(), f"DELETE FROM usage_by_name WHERE org_id = '{org_id}' AND kind = 'number'"
            )
