"""Which events were recorded is known by a digest of their source and id, in a third of the bytes.

`usage_digest` takes the place of `usage_key`. The version before still writes there: a trigger notes what it records,
and lets it try again later, as after a conflict, where it would record what only this version has seen. Keys from
before are carried over an hour at a time; begun again, that finds nothing twice. A later version drops `usage_key`.
"""

from alembic import op

from app.database import in_use

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE IF NOT EXISTS usage_digest (
    org_id uuid NOT NULL,
    key uuid NOT NULL,
    content uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_usage_digest PRIMARY KEY (org_id, key)
);
CREATE INDEX IF NOT EXISTS ix_usage_digest_at ON usage_digest USING brin (at) WITH (autosummarize = true);
SELECT keep_apart('usage_digest')"""

# As `app.billing.usage.keys.key_of`: no text of PostgreSQL's has a zero byte.
_KEY_OF = """
CREATE OR REPLACE FUNCTION usage_key_of(source text, event_id text) RETURNS uuid
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(substring(
        sha256(convert_to(source, 'UTF8') || '\\x00'::bytea || convert_to(event_id, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid
$$"""

# The version before writes through the trigger while this runs: rights for all that is new come at the end of it.
_RIGHTS = """
DO $$ DECLARE role text; BEGIN
    FOR role IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = 'usage_key' AND privilege_type = 'INSERT'
            AND grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('GRANT SELECT, INSERT ON usage_digest TO %I', role);
        EXECUTE format('GRANT EXECUTE ON FUNCTION usage_key_of TO %I', role);
    END LOOP;
END $$"""

_TRIGGER = """
CREATE OR REPLACE FUNCTION note_usage_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_digest (org_id, key, content, at)
    SELECT org_id, usage_key_of(source, event_id), encode(digest, 'hex')::uuid, at FROM added;
    RETURN NULL;
EXCEPTION WHEN unique_violation THEN
    RAISE 'The next version has recorded some of these events.' USING ERRCODE = 'serialization_failure';
END $$;
CREATE OR REPLACE TRIGGER noted AFTER INSERT ON usage_key REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION note_usage_keys()"""

_CARRY_OVER = """
INSERT INTO usage_digest (org_id, key, content, at)
SELECT org_id, usage_key_of(source, event_id), encode(digest, 'hex')::uuid, at FROM usage_key
WHERE at >= '{first}'::timestamptz AND at < '{first}'::timestamptz + interval '1 hour'
ON CONFLICT DO NOTHING"""

# What this version recorded has its source and id in its event only. Usage is posted after it happened, or minutes before.
_CARRY_BACK = """
INSERT INTO usage_key (org_id, source, event_id, digest, at)
SELECT org_id, source, event_id, decode(replace(content::text, '-', ''), 'hex'), usage_digest.at
FROM usage_event JOIN usage_digest USING (org_id)
WHERE org_id = '{org_id}' AND usage_digest.key = usage_key_of(source, event_id)
    AND posted_at >= (SELECT min(at) - interval '1 hour' FROM usage_digest oldest WHERE oldest.org_id = '{org_id}')
ON CONFLICT DO NOTHING"""


def upgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        in_use.change(bind, _TABLE)
        in_use.change(bind, _KEY_OF)
        in_use.change(bind, _RIGHTS)
        in_use.change(bind, _TRIGGER)
        driver = bind.connection.driver_connection
        driver.execute("SET statement_timeout = 0")
        hours = driver.execute(
            "SELECT generate_series(date_trunc('hour', min(at)), max(at), interval '1 hour') FROM usage_key"
        ).fetchall()
        for (first,) in reversed(hours):
            driver.execute(_CARRY_OVER.format(first=first.isoformat()))
        driver.execute("RESET statement_timeout")


def downgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        in_use.change(bind, "DROP TRIGGER IF EXISTS noted ON usage_key")
        driver = bind.connection.driver_connection
        driver.execute("SET statement_timeout = 0")
        for (org_id,) in driver.execute("SELECT DISTINCT org_id FROM usage_digest").fetchall():
            driver.execute(_CARRY_BACK.format(org_id=org_id))
        driver.execute("RESET statement_timeout")
        in_use.change(bind, "DROP TABLE IF EXISTS usage_digest")
        in_use.change(bind, "DROP FUNCTION IF EXISTS note_usage_keys")
        in_use.change(bind, "DROP FUNCTION IF EXISTS usage_key_of")
