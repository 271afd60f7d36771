"""Each thing that an installation stands on is broken for real, and the doctor names it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stripe
from flask import Flask, jsonify

from app.doctor import CHECKS, Installation, Status, examine, exit_code
from app.doctor.checks import database as database_checks
from app.doctor.checks import work as work_checks
from config import Settings
from dev.testing import Addresses
from tests.doctor.breaks import CASES, NO_ONE
from tests.doctor.conftest import Place
from tests.support.mail_server import running as a_mail_server
from tests.support.sandbox import deliver
from tests.support.serving import place, serving
from tests.support.synced_catalog import FILE


def test_an_installation_that_is_all_right_is_said_to_be(whole: Place) -> None:
    found = whole.examine()
    assert list(found) == list(CHECKS)
    assert {name: one.findings for name, one in found.items() if one.status is not Status.OK} == {}
    assert exit_code(list(found.values())) == 0


def test_where_everything_is_gone_each_check_says_so_and_hides_no_other(installation: Place) -> None:
    nowhere = f"http://{NO_ONE}"
    shell, provider = installation.settings.shell, installation.settings.identity_provider
    assert shell is not None and provider is not None
    installation.change(
        public_url=nowhere,
        stripe_api_base=nowhere,
        database_url="postgresql+psycopg://billing:s3cret-word@127.0.0.1:9/billing",
        database_replica_url="postgresql+psycopg://billing:s3cret-word@127.0.0.1:9/replica",
        smtp_url=f"smtp://{NO_ONE}",
        shell=replace(shell, keys_url=nowhere),
        identity_provider=replace(provider, issuer=nowhere),
        catalog_path=Path("/nowhere.toml"),
    )
    found = installation.examine()
    assert {name for name, one in found.items() if one.status is Status.OK} == {"settings"}
    bad = {name for name, one in found.items() if one.status is Status.PROBLEM}
    assert bad == {"database", "stripe", "catalog", "mail", "shell", "provider"}
    assert exit_code(list(found.values())) == 1
    assert all(one.to_do for report in found.values() if report.name != "settings" for one in report.findings)
    assert "s3cret-word" not in str(found)


def test_what_never_answers_is_left_when_the_time_is_up(installation: Place) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        port = silent.getsockname()[1]
        installation.change(
            database_url=f"postgresql+psycopg://billing@127.0.0.1:{port}/billing",
            stripe_api_base=f"http://127.0.0.1:{port}",
            smtp_url=f"smtp://127.0.0.1:{port}",
        )
        found = installation.examine("database", "stripe", "mail", "settings", seconds=1)
    assert found["settings"].status is Status.OK
    assert {found[name].status for name in ("database", "stripe", "mail")} <= {Status.UNKNOWN, Status.PROBLEM}
    assert "longer than 1 second" in found["database"].findings[0].text
    assert exit_code([found["settings"], found["database"]]) == 2


def test_settings_that_keep_the_application_from_starting_are_all_named() -> None:
    wrong = {
        "APP_ENV": "production",
        "SECRET_KEY": "short",
        "QUEUE_SECONDS": "0",
        "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_x",
        "MAIL_FROM": "no address",
        "SMTP_URL": "mail.example",
        "PUBLIC_URL": "http://billing.example",
        "OIDC_ISSUER": "nonsense",
    }
    [report] = examine(Installation.from_environment(wrong), ["settings"])
    said = " ".join(one.text for one in report.findings)
    assert report.status is Status.PROBLEM
    for name in (*wrong, "DATABASE_URL", "STRIPE_WEBHOOK_SECRET", "TRUSTED_PROXIES"):
        assert name == "APP_ENV" or name in said, name


@pytest.mark.parametrize("case", CASES)
def test_what_is_broken_is_named(installation: Place, case: str) -> None:
    name, break_it, says = CASES[case]
    break_it(installation)
    report = installation.examine(name)[name]
    assert report.status is Status.PROBLEM, report
    found = [one for one in report.findings if re.search(says, one.text)]
    assert found, report
    assert found[0].to_do
    for secret in ("s3cret-word", "wrong-key", installation.settings.secret_key):
        assert secret not in str(report)


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("migrations", "UPDATE alembic_version SET version_num = '0001'", "is at migration 0001, .* wants"),
        ("role", "REVOKE INSERT ON hold FROM billing_app", "may not INSERT in the table hold"),
        ("role", "GRANT DELETE ON transfer TO billing_app", "may DELETE in the table transfer"),
        (
            "role",
            "ALTER TABLE hold DISABLE ROW LEVEL SECURITY",
            "Row-level security is off for the table hold",
        ),
    ],
)
def test_what_is_wrong_with_the_schema_is_named(
    installation: Place, schema: Callable[..., None], name: str, change: str, says: str
) -> None:
    schema(change)
    report = installation.examine(name)[name]
    assert report.status is Status.PROBLEM
    assert [one for one in report.findings if re.search(says, one.text)], report


def test_events_that_never_arrive_are_named(installation: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_checks, "ARRIVES_WITHIN", timedelta(seconds=-5))
    customer = installation.sandbox.stripe.v1.customers.create({"name": "Grace"})
    assert installation.examine("events")["events"].status is Status.OK, "customer.created is not one of ours"
    installation.sandbox.stripe.v1.customers.update(customer.id, {"name": "Ada"})
    found = installation.examine("events")["events"]
    assert found.status is Status.PROBLEM
    assert "0 of 1 arrived" in found.findings[-1].text
    for event in installation.sandbox.notifications():
        deliver(installation.app.test_client(), event)
    assert installation.examine("events")["events"].status is Status.OK


def test_a_superuser_is_named(installation: Place, database: Addresses) -> None:
    installation.change(database_url=database.superuser)
    [finding] = installation.examine("role")["role"].findings
    assert "is a superuser" in finding.text


@pytest.mark.parametrize(("seconds", "status"), [(0, Status.OK), (60, Status.PROBLEM), (-60, Status.PROBLEM)])
def test_a_clock_that_is_off_is_named(
    installation: Place, monkeypatch: pytest.MonkeyPatch, seconds: int, status: Status
) -> None:
    off = timedelta(seconds=seconds)
    monkeypatch.setattr(database_checks, "process_time", lambda: datetime.now(UTC) + off)
    assert installation.examine("clock")["clock"].status is status


def test_a_wrong_password_of_the_mail_server_is_named_and_not_shown(installation: Place) -> None:
    with a_mail_server(signs_in=True) as server:
        installation.change(smtp_url=f"smtp://billing:wrong%2Fpassword@{server.address}")
        report = installation.examine("mail")["mail"]
    assert report.status is Status.PROBLEM
    assert "535" in report.findings[0].text
    assert "wrong/password" not in str(report)


def test_pages_that_are_not_ready_or_not_ours_are_named(installation: Place) -> None:
    for answer, status, says in ((503, "unavailable", "answered 503"), (200, "another", "answered 200")):
        with _answering(answer, status) as url:
            installation.change(public_url=url)
            report = installation.examine("pages")["pages"]
        assert report.status is Status.PROBLEM
        assert says in report.findings[0].text
    installation.change(public_url=f"http://{NO_ONE}")
    assert installation.examine("pages")["pages"].status is Status.UNKNOWN


@contextmanager
def _answering(status: int, said: str) -> Iterator[str]:
    other = Flask("other")
    other.add_url_rule("/readyz", view_func=lambda: (jsonify(status=said), status))
    with place() as at, serving(other, at) as url:
        yield url


def test_the_catalog_of_the_tests_is_the_one_on_offer(settings: Settings) -> None:
    """Else the cases about it would say nothing."""
    assert Installation(settings).catalog().text == FILE
    assert stripe.api_version
