"""An organization with very many of everything that a customer can have many of."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from app.billing.limit_settings import settings as limit_settings
from app.billing.wallet import envelope_queries, ledger
from app.extensions import db
from app.models import Organization, UsageDaily, UsageEvent, User
from tests.factories import at
from tests.support.moving import use

MANY = 500
CALL = "call-of-many-corrections"

_SERIES = f"FROM generate_series(1, {MANY}) AS n"
_STATEMENTS = (
    # Cards
    "INSERT INTO payment_method (org_id, id, stripe_id, brand, last4, exp_month, exp_year, is_default, is_kept, created_at)"
    f" SELECT :org, gen_random_uuid(), 'pm_many_' || n, 'visa', '4242', 12, 2040, n = 1, true, now() {_SERIES}",
    # Calls in progress
    "INSERT INTO hold (org_id, id, key, amount_micro, used_micro, slice, is_final, state, call, agent, campaign,"
    " created_at, expires_at)"
    " SELECT :org, gen_random_uuid(), 'hold-' || n, 0, 0, 1, false, 'active', 'call-' || n, 'Agent ' || n,"
    f" 'Campaign ' || n, now(), now() + interval '1 day' {_SERIES}",
    # Resources and their names
    "INSERT INTO resource_count (org_id, resource, count, names)"
    f" SELECT :org, kind, {MANY}, (SELECT array_agg(rpad(kind || n, 200, 'x') ORDER BY n) FROM generate_series(1, 1000) AS n)"
    " FROM unnest(ARRAY['agents', 'phone_numbers', 'campaigns']) AS kind",
    # Who did what
    "INSERT INTO audit_event (org_id, id, at, actor, action, subject, details)"
    f" SELECT :org, gen_random_uuid(), now(), 'owner' || n, 'top_up.paid', 'subject', '{{}}' {_SERIES}",
    # Campaigns with credit of their own, as many as can be open; and those that had some
    "INSERT INTO envelope (org_id, id, campaign, amount_micro, held_micro, spent_micro, returned_micro, cut_micro,"
    " until, ends_at, has_credit, created_at, ended_at)"
    " SELECT :org, gen_random_uuid(), rpad('Campaign ' || n, 255, 'x'), 1000000, 0, 1000000, 0, 0, current_date + 9,"
    " now() + interval '8 days', false, now(), CASE WHEN n > :open THEN now() END"
    f" {_SERIES}",
    # Limits, as many as there can be
    'INSERT INTO spending_limit (org_id, id, subject, name, "window", stops, amount_micro, origin, version, created_at)'
    " SELECT :org, gen_random_uuid(), 'campaign', rpad('Campaign ' || n, 60, 'x'), 'day', true, 5000000, 'owner', 1, now()"
    " FROM generate_series(1, :limits) AS n",
    # Granted credit, all of it used
    "INSERT INTO credit_lot (org_id, id, seq, kind, amount_micro, drawn_micro, granted_at, ended_at, note)"
    " SELECT :org, gen_random_uuid(), 1000000 + n, 'goodwill', 1000000, 1000000, now(), now(), rpad('Sorry', 200, 'y')"
    f" {_SERIES}",
    # Invoices
    "INSERT INTO invoice (org_id, id, stripe_id, number, description, amount_micro, currency, status, issued_at)"
    f" SELECT :org, gen_random_uuid(), 'in_' || n, 'HD-' || n, 'Growth', 1000000, 'USD', 'paid', now() {_SERIES}",
    # People
    f"""INSERT INTO "user" (id, email, name, created_at) SELECT gen_random_uuid(), 'p' || n || '@many.example', 'P ' || n, now() {_SERIES}""",
    """INSERT INTO membership (org_id, user_id, role) SELECT :org, id, 'org_admin' FROM "user" WHERE email LIKE '%@many.example'""",
    # Organizations of one person
    "INSERT INTO organization (id, slug, name, currency, timezone, created_at)"
    f" SELECT gen_random_uuid(), 'many-' || n, 'Of many ' || n, 'USD', 'UTC', now() {_SERIES}",
    "INSERT INTO membership (org_id, user_id, role)"
    " SELECT id, :person, 'org_admin' FROM organization WHERE slug LIKE 'many-%'",
)


def fill(organization: Organization, person: User) -> None:
    """Let `organization` and `person` have very many of everything."""
    values = {
        "org": organization.id,
        "person": person.id,
        "open": envelope_queries.MOST_OPEN,
        "limits": limit_settings.MOST,
    }
    db.session.execute(text("UPDATE payment_method SET is_default = false WHERE org_id = :org"), values)
    for statement in _STATEMENTS:
        db.session.execute(text(statement), values)
    for when in ("2026-09-01 08:00", "2026-11-28 08:00"):
        use(organization, 1_000_000, at(when), campaign="Campaign 0", agent="Agent 0")
    _copy_usage(organization.id)
    wallet = ledger.lock(organization.id)
    wallet.version += 1
    db.session.commit()


def _copy_usage(org_id: UUID) -> None:
    """The usage that is there once more for each of very many campaigns, agents and corrections of one call."""
    daily, event = UsageDaily.__table__, UsageEvent.__table__
    _copy(
        UsageDaily.__tablename__,
        [one.name for one in daily.columns],
        {
            "campaign": "'Campaign ' || n",
            "agent": "'Agent ' || n",
            "amount_micro": "n",
        },
        org_id,
    )
    _copy(
        UsageEvent.__tablename__,
        [one.name for one in event.columns],
        {
            "event_id": "event_id || '-' || n",
            "call": f"'{CALL}'",
            "campaign": "'Campaign ' || n",
            "agent": "'Agent ' || n",
            "number": "'+1555' || n",
            "amount_micro": "n",
            "corrects_source": "source",
            "corrects_id": "event_id",
        },
        org_id,
    )


def _copy(table: str, columns: list[str], changed: dict[str, str], org_id: UUID) -> None:
    values = ", ".join(changed.get(name, name) for name in columns)
    db.session.execute(
        text(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}, generate_series(1, {MANY}) AS n"
            " WHERE org_id = :org"
        ),
        {"org": org_id},
    )
