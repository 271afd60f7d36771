"""What an installation stands on, broken for real, one thing at a time, and what the doctor says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from app.doctor import Installation
from app.extensions import db
from app.models import EventState, Finding, StripeEvent
from app.stripe_events.handling import HANDLERS
from app.work import stalled
from tests.doctor.conftest import Place
from tests.support.compared import was_compared
from tests.support.synced_catalog import run as sync

NO_ONE = "127.0.0.1:9"

Break = Callable[[Place], Any]


def at_port(installation: Place, **changes: Any) -> str:
    return make_url(installation.settings.database_url).set(**changes).render_as_string(hide_password=False)


def drop_events(installation: Place) -> None:
    installation.add_endpoint(enabled_events=[name for name in HANDLERS if not name.startswith("refund.")])


def disable_endpoint(installation: Place) -> None:
    installation.add_endpoint()
    client = installation.sandbox.stripe.v1.webhook_endpoints
    client.update(client.list().data[0].id, {"disabled": True})


def withdraw_price(installation: Place) -> None:
    sync(installation.app)
    prices = installation.sandbox.stripe.v1.prices
    growth = prices.list({"lookup_keys": ["growth_month"]}).data[0]
    prices.update(growth.id, {"active": False})


def stored_otherwise(installation: Place) -> None:
    loaded = Installation(installation.settings).catalog()
    installation.run(
        "INSERT INTO catalog_version (version, text, synced_at) VALUES (:version, 'x', now())",
        version=loaded.version,
    )


def an_event(state: EventState) -> Break:
    def store(_: Place) -> None:
        now = datetime.now(UTC)
        db.session.add(StripeEvent(id="evt_1", type="invoice.paid", created_at=now, state=state))
        db.session.commit()

    return store


def a_finding(installation: Place) -> None:
    was_compared()
    db.session.add(Finding(object="re_1", text="A refund differs.", found_at=datetime.now(UTC)))
    db.session.commit()


def a_job(status: str, waited: int = 0) -> Break:
    def store(installation: Place) -> None:
        installation.run(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, args, scheduled_at) VALUES "
            "('settle_top_up', 'payments', CAST(:status AS procrastinate_job_status), '{}',"
            " now() - :waited * interval '1 s')",
            status=status,
            waited=waited,
        )

    return store


def a_dead_worker(installation: Place) -> None:
    installation.run(
        "WITH gone AS (INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - :since * interval '1 s') RETURNING id) "
        "INSERT INTO procrastinate_jobs (task_name, queue_name, status, args, worker_id) "
        "SELECT 'sweep', 'sweeps', 'doing', '{}', id FROM gone",
        since=stalled.GONE_AFTER_SECONDS + 60,
    )


def unpublish_keys(installation: Place) -> None:
    installation.shell.published = []


def go_down(installation: Place) -> None:
    installation.shell.is_down = installation.provider.is_down = True


def call_itself_another(installation: Place) -> None:
    installation.provider.document = {"issuer": "https://another.example"}


def another_version(installation: Place) -> None:
    installation.add_endpoint(api_version="2024-06-20")


CASES: dict[str, tuple[str, Break, str]] = {
    "no proxy is counted": (
        "settings", lambda it: it.change(environment="production"), "TRUSTED_PROXIES is 0"),
    "no address of the database": ("database", lambda it: it.change(database_url=""), "DATABASE_URL isn't set"),
    "another driver": (
        "database", lambda it: it.change(database_url="postgres://billing:s3cret-word@db/b"), r"must start with"),
    "no server there": (
        "database", lambda it: it.change(database_url="postgresql+psycopg://b:s3cret-word@127.0.0.1:9/b"),
        "can't be reached: .*refused"),
    "no such database": (
        "database", lambda it: it.change(database_url=at_port(it, database="nowhere")), '"nowhere" does not exist'),
    "the owner's role": (
        "role", lambda it: it.change(database_url=it.settings.owner_url), "owns the tables"),
    "an empty database": (
        "migrations", lambda it: it.change(database_url=at_port(it, database="postgres")), "never migrated"),
    "a wrong key": ("stripe", lambda it: it.change(stripe_secret_key="wrong-key"), "does not take STRIPE_SECRET_KEY"),
    "Stripe is away": (
        "stripe", lambda it: it.change(stripe_api_base=f"http://{NO_ONE}"), "gave no usable answer"),
    "no endpoint": (
        "webhook", lambda it: it.add_endpoint(url="https://old.example/hook"), "No webhook endpoint in test mode leads"),
    "a disabled endpoint": ("webhook", disable_endpoint, "is disabled"),
    "events that aren't sent": ("webhook", drop_events, "isn't sent refund.created, refund.failed, refund.updated"),
    "an endpoint of another version": ("webhook", another_version, "has API version 2024-06-20"),
    "a catalog that isn't there": (
        "catalog", lambda it: it.change(catalog_path=Path("/nowhere.toml")), "can't be used: .*nowhere.toml"),
    "a catalog that isn't stored": ("catalog", lambda _: None, "isn't stored"),
    "a catalog that was edited": ("catalog", stored_otherwise, "stored with other content"),
    "prices that Stripe lacks": ("prices", lambda _: None, "Missing at Stripe: .*make the product"),
    "a price that was withdrawn": ("prices", withdraw_price, "Missing at Stripe: Growth"),
    "an event that failed": ("events", an_event(EventState.FAILED), "1 of Stripe's events is failed"),
    "an event that was refused": ("events", an_event(EventState.REFUSED), "1 of Stripe's events is refused"),
    "never compared": ("comparison", lambda _: None, "never compared"),
    "compared long ago": ("comparison", lambda _: was_compared(ago=timedelta(hours=5)), "last compared 5 hours ago"),
    "a comparison that stopped": ("comparison", lambda _: was_compared(error="Stripe was away."), "stopped: Stripe was away."),
    "something for a person": ("comparison", a_finding, "1 finding needs a person"),
    "no mail server there": ("mail", lambda it: it.change(smtp_url=f"smtp://{NO_ONE}"), "doesn't take us: .*refused"),
    "a shell without keys": ("shell", unpublish_keys, "publishes no key"),
    "a shell that is down": ("shell", go_down, "keys can't be fetched: .*502"),
    "a provider that is down": ("provider", go_down, "document can't be used: .*502"),
    "another provider": ("provider", call_itself_another, "calls itself"),
    "no worker": ("workers", lambda _: None, "No worker runs"),
    "jobs of a dead worker": ("workers", a_dead_worker, "have left 1 job"),
    "a job that failed": ("queues", a_job("failed"), "`payments` 1 job failed for good"),
    "a job that waits": ("queues", a_job("todo", 1000), "`payments` a due job has waited for 16 minutes"),
    "a platform without an address": ("platform", lambda _: None, "has no address"),
}  # fmt: skip
