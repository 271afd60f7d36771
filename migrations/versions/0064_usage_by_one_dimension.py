"""Daily totals of usage by one dimension each, so that what pages read doesn't grow with campaigns times agents.

A trigger keeps them, in the transaction of the totals that they are of and whatever version is running. Those of days
before are filled organization by organization, some days at a time; for the newest ones the wallet is locked, as by
any batch of usage. Running this again, where it was stopped, counts nothing twice.
"""

import tomllib

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE IF NOT EXISTS meter_group (
    meter varchar(60) NOT NULL,
    usage_group varchar(20) NOT NULL,
    CONSTRAINT pk_meter_group PRIMARY KEY (meter)
);
CREATE TABLE IF NOT EXISTS usage_by_meter (
    org_id uuid NOT NULL,
    posted_on date NOT NULL,
    meter varchar(60) NOT NULL,
    day date NOT NULL,
    is_correction boolean NOT NULL,
    quantity bigint NOT NULL,
    amount_micro bigint NOT NULL,
    CONSTRAINT pk_usage_by_meter PRIMARY KEY (org_id, posted_on, meter, day, is_correction)
) WITH (fillfactor = 60);
CREATE TABLE IF NOT EXISTS usage_by_name (
    org_id uuid NOT NULL,
    kind varchar(8) NOT NULL,
    posted_on date NOT NULL,
    name varchar(255) NOT NULL,
    is_correction boolean NOT NULL,
    calling_units bigint NOT NULL,
    calling_micro bigint NOT NULL,
    telephony_micro bigint NOT NULL,
    models_micro bigint NOT NULL,
    CONSTRAINT pk_usage_by_name PRIMARY KEY (org_id, kind, posted_on, name, is_correction)
) WITH (fillfactor = 60);
SELECT keep_apart('usage_by_meter');
SELECT keep_apart('usage_by_name')"""

_BY_METER = """
INSERT INTO usage_by_meter AS total (org_id, posted_on, meter, day, is_correction, quantity, amount_micro)
SELECT org_id, posted_on, meter, day, is_correction, sum(quantity), sum(amount_micro)
FROM {rows} GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (org_id, posted_on, meter, day, is_correction) DO UPDATE SET
    quantity = total.quantity + excluded.quantity, amount_micro = total.amount_micro + excluded.amount_micro"""
# What no version of the catalog knows is telephony, as on pages.
_BY_NAME = """
INSERT INTO usage_by_name AS total (org_id, kind, posted_on, name, is_correction, calling_units, calling_micro,
    telephony_micro, models_micro)
SELECT org_id, named.kind, posted_on, named.name, is_correction,
    coalesce(sum(quantity) FILTER (WHERE usage_group = 'calling'), 0),
    coalesce(sum(amount_micro) FILTER (WHERE usage_group = 'calling'), 0),
    coalesce(sum(amount_micro) FILTER (WHERE coalesce(usage_group, 'telephony') = 'telephony'), 0),
    coalesce(sum(amount_micro) FILTER (WHERE usage_group = 'models'), 0)
FROM {rows} LEFT JOIN meter_group USING (meter),
    LATERAL (VALUES ('campaign', campaign), ('agent', agent)) AS named (kind, name)
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (org_id, kind, posted_on, name, is_correction) DO UPDATE SET
    calling_units = total.calling_units + excluded.calling_units,
    calling_micro = total.calling_micro + excluded.calling_micro,
    telephony_micro = total.telephony_micro + excluded.telephony_micro,
    models_micro = total.models_micro + excluded.models_micro"""

_COLUMNS = "org_id, day, meter, campaign, agent, posted_on, is_correction"
_CHANGES = f"""(
    SELECT {_COLUMNS}, quantity, amount_micro FROM after_change
    UNION ALL SELECT {_COLUMNS}, -quantity, -amount_micro FROM before_change) AS changes"""

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION add_up_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_BY_METER.format(rows="after_change")};
        {_BY_NAME.format(rows="after_change")};
    ELSIF EXISTS (SELECT FROM after_change) THEN
        {_BY_METER.format(rows=_CHANGES)};
        {_BY_NAME.format(rows=_CHANGES)};
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION recount_usage(whose uuid, first date, last date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Usage is only ever written with the wallet locked, and days of posting never go backward.
    IF last >= current_date - 2 THEN
        PERFORM FROM wallet WHERE org_id = whose FOR NO KEY UPDATE;
    END IF;
    DELETE FROM usage_by_meter WHERE org_id = whose AND posted_on BETWEEN first AND last;
    DELETE FROM usage_by_name
    WHERE org_id = whose AND kind IN ('campaign', 'agent') AND posted_on BETWEEN first AND last;
    {_BY_METER.format(rows="usage_daily WHERE org_id = whose AND posted_on BETWEEN first AND last")};
    {_BY_NAME.format(rows="(SELECT * FROM usage_daily WHERE org_id = whose AND posted_on BETWEEN first AND last) AS daily")};
END $$"""

_TRIGGERS = """
CREATE OR REPLACE TRIGGER added_up AFTER INSERT ON usage_daily REFERENCING NEW TABLE AS after_change
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_usage();
CREATE OR REPLACE TRIGGER added_up_again AFTER UPDATE ON usage_daily
    REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
    FOR EACH STATEMENT EXECUTE FUNCTION add_up_usage()"""

_DAYS = 7
"""How many are filled in one transaction: a day of a large organization has some ten thousand rows."""


def upgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        in_use.change(bind, _TABLES)
        in_use.change(bind, _FUNCTIONS)
        _name_groups(bind)
        in_use.change(bind, _TRIGGERS)
        in_use.fill(bind, "usage_daily", "SELECT recount_usage({org_id}, {first}, {last})", days=_DAYS)


def _name_groups(bind):
    """Which group each meter is of, by the newest version of the catalog that has it."""
    for (text,) in bind.execute(sa.text("SELECT text FROM catalog_version ORDER BY synced_at DESC")).all():
        for meter, fields in tomllib.loads(text).get("meters", {}).items():
            bind.execute(
                sa.text("INSERT INTO meter_group VALUES (:meter, :usage_group) ON CONFLICT DO NOTHING"),
                {"meter": meter, "usage_group": fields["group"]},
            )


def downgrade():
    with op.get_context().autocommit_block():
        for trigger in ("added_up", "added_up_again"):
            in_use.change(op.get_bind(), f"DROP TRIGGER IF EXISTS {trigger} ON usage_daily")
        for function in ("recount_usage", "add_up_usage"):
            in_use.change(op.get_bind(), f"DROP FUNCTION IF EXISTS {function}")
        for table in ("usage_by_name", "usage_by_meter", "meter_group"):
            in_use.change(op.get_bind(), f"DROP TABLE IF EXISTS {table}")
