"""The emails of the demo, to look at: never there in production."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask

from app.billing import topups
from app.extensions import db
from app.models import Mail
from config import Settings
from demo.application import create_app
from tests.factories import OWNER, a_payer, a_person, usd
from tests.support.browsing import Visitor, text_of
from tests.support.sandbox import Sandbox, work_through
from tests.test_settings import PRODUCTION


def a_charge(app: Flask) -> Mail:
    organization, card = a_payer()
    a_person("owner@birch.example", organization=organization)
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    work_through(app)
    db.session.rollback()
    return db.session.execute(db.select(Mail)).scalar_one()


def test_mails_are_listed_and_read_without_signing_in(app: Flask, sandbox: Sandbox, visitor: Visitor) -> None:
    assert "No emails yet." in text_of(visitor.get("/dev/mail"))
    mail = a_charge(app)
    listed = text_of(visitor.get("/dev/mail"))
    assert "$50.00 charged to Visa ending in 4242" in listed
    page = visitor.get(f"/dev/mail/{mail.id}")
    said = text_of(page)
    assert "owner@birch.example" in said
    assert "Your card was charged for a top-up." in said
    assert f'src="/dev/mail/{mail.id}/html"' in page.text


def test_the_pages_bring_their_own_stylesheet(visitor: Visitor) -> None:
    [path] = re.findall(r'href="(/dev/mail/static/[^"]+)"', visitor.get("/dev/mail").text)
    sheet = visitor.get(path)
    assert (sheet.status_code, sheet.content_type) == (200, "text/css; charset=utf-8")
    assert ".mail-list" in sheet.text


def test_the_html_part_may_have_styles_and_nothing_else(
    app: Flask, sandbox: Sandbox, visitor: Visitor
) -> None:
    mail = a_charge(app)
    html = visitor.get(f"/dev/mail/{mail.id}/html")
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "sandbox " in policy
    around = visitor.get(f"/dev/mail/{mail.id}").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in around
    assert " 'self';" in around.split("frame-src")[1]
    assert "require-trusted-types-for 'script'" in around


def test_one_that_is_not_there(app: Flask, visitor: Visitor) -> None:
    page = visitor.get(f"/dev/mail/{UUID(int=0)}")
    assert page.status_code == 404
    assert "There is no such email." in text_of(page)


def test_production_has_no_such_pages_whatever_else_is_set() -> None:
    switches = {"FLASK_ENV": "development", "TESTING": "1", "DEV_MAIL": "1", "LOG_LEVEL": "CRITICAL"}
    app = create_app(Settings.from_environment(PRODUCTION | switches))
    assert [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/dev")] == []
    assert app.test_client().get("/dev/mail", base_url="https://billing.example").status_code == 404
