"""Row-level security: each organization's rows for it alone; ledger and audit trail that nobody can change or empty.

Safe on a database in use. Each table is locked for a moment in a transaction of its own, after at most two seconds of
waiting, and tried again later where something holds it. A version that is running as the owner goes on: while
`app.org_id` is unset the owner sees all, as before. Running this again, where it was stopped, changes nothing twice.

A later migration that makes a table with `org_id` ends with `SELECT keep_apart('that_table')`.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

APPEND_ONLY = ("transfer", "audit_event", "usage_event")
"""What is written once. A correction is a further row."""
NEVER_REMOVED = (
    "account",
    "allowance",
    "dispute",
    "invoice",
    "organization",
    "statement_head",
    "top_up",
    "usage_daily",
    "wallet",
    "wallet_line",
)

_SEEN = "string_to_array(nullif(current_setting(''app.org_id'', true), ''all''), '','')::uuid[]"
_ALL = "(SELECT current_setting(''app.org_id'', true)) = ''all''"

# `IN (SELECT …)` is hashed once a statement, so a batch of a thousand organizations costs about what one costs.
_KEEP_APART = f"""
CREATE OR REPLACE FUNCTION keep_apart(kept regclass, key name DEFAULT 'org_id') RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
    seen text := format('%I IN (SELECT unnest({_SEEN})) OR {_ALL}', key);
    owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = kept);
BEGIN
    EXECUTE format('DROP POLICY IF EXISTS by_organization ON %s', kept);
    EXECUTE format('DROP POLICY IF EXISTS owner_at_work ON %s', kept);
    EXECUTE format('CREATE POLICY by_organization ON %s USING (%s) WITH CHECK (%s)', kept, seen, seen);
    EXECUTE format('CREATE POLICY owner_at_work ON %s TO %I USING '
        '((SELECT coalesce(current_setting(''app.org_id'', true), '''')) = '''')', kept, owner);
    EXECUTE format('CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept);
END $body$
"""
_LET_GO = """
DROP POLICY IF EXISTS by_organization ON {table}; DROP POLICY IF EXISTS owner_at_work ON {table};
DROP TRIGGER IF EXISTS never_emptied ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"""

# A person is seen by the organizations that they are in. Whoever makes or changes one sees all: an address is one
# person's, whichever organization asks.
_PEOPLE = f"""
DROP POLICY IF EXISTS by_membership ON "user"; DROP POLICY IF EXISTS by_organization ON "user";
DROP POLICY IF EXISTS owner_at_work ON "user";
CREATE POLICY by_membership ON "user" FOR SELECT
    USING (EXISTS (SELECT FROM membership WHERE membership.user_id = "user".id));
CREATE POLICY by_organization ON "user" USING ({_ALL.replace("''", "'")});
CREATE POLICY owner_at_work ON "user" TO CURRENT_USER
    USING ((SELECT coalesce(current_setting('app.org_id', true), '')) = '');
CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON "user"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE "user" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"""

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused. Add a row that corrects it instead.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$"""
_REFUSE_BEFORE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: post a correcting transfer instead of %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$"""

# The application owns nothing, so it can't make a month or detach one: these do, as the owner.
_MONTHS = """
CREATE OR REPLACE FUNCTION make_usage_month(month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $$
DECLARE
    seen text := coalesce(current_setting('app.org_id', true), '');
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    after timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    name text := 'usage_event_' || to_char(month, 'YYYY_MM');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE usage_event INCLUDING DEFAULTS)', name);
    PERFORM keep_apart(name::regclass);
    PERFORM set_config('app.org_id', 'all', true);
    IF EXISTS (SELECT FROM usage_event_rest WHERE at >= first AND at < after) THEN
        ALTER TABLE usage_event_rest DISABLE TRIGGER append_only;
        EXECUTE format('WITH moved AS (DELETE FROM usage_event_rest WHERE at >= %L AND at < %L RETURNING *) '
            'INSERT INTO %I SELECT * FROM moved', first, after, name);
        ALTER TABLE usage_event_rest ENABLE TRIGGER append_only;
    END IF;
    PERFORM set_config('app.org_id', seen, true);
    EXECUTE format('ALTER TABLE usage_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, first, after);
END $$;
CREATE OR REPLACE FUNCTION detach_usage_month(month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE usage_event DETACH PARTITION %I', 'usage_event_' || to_char(month, 'YYYY_MM'));
END $$;
REVOKE ALL ON FUNCTION make_usage_month(date), detach_usage_month(date), keep_apart(regclass, name) FROM PUBLIC"""


def upgrade():
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    tables = in_use.tables_of_organizations(op.get_bind())
    with op.get_context().autocommit_block():
        _run(_REFUSE)
        _run(_KEEP_APART)
        for table in APPEND_ONLY:
            _run(_trigger(table, "append_only", "UPDATE OR DELETE"))
        for table in NEVER_REMOVED:
            _run(_trigger(table, "never_removed", "DELETE"))
        for table in ("transfer", "audit_event"):
            _run(f"DROP TRIGGER IF EXISTS {table}_is_append_only ON {table}")
        _run(_MONTHS.format(schema=schema))
        for table in tables:
            _run(f"SELECT keep_apart('{table}')")
        _run("SELECT keep_apart('organization', 'id')")
        _run(_PEOPLE)


def downgrade():
    tables = in_use.tables_of_organizations(op.get_bind())
    with op.get_context().autocommit_block():
        _run('DROP POLICY IF EXISTS by_membership ON "user"')
        for table in (*tables, "organization", '"user"'):
            _run(_LET_GO.format(table=table))
        for table in ("transfer", "audit_event"):
            _run(_trigger(table, f"{table}_is_append_only", "UPDATE OR DELETE"))
        for table in APPEND_ONLY:
            _run(f"DROP TRIGGER IF EXISTS append_only ON {table}")
        for table in NEVER_REMOVED:
            _run(f"DROP TRIGGER IF EXISTS never_removed ON {table}")
        for function in ("make_usage_month(date)", "detach_usage_month(date)", "keep_apart(regclass, name)"):
            _run(f"DROP FUNCTION IF EXISTS {function}")
        _run(_REFUSE_BEFORE)


def _trigger(table, name, changes):
    return (
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {changes} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _run(statements):
    in_use.change(op.get_bind(), statements)
