"""Answering "Confirm it's you" as a person does."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from werkzeug.test import TestResponse

from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession
from tests.factories import PASSWORD
from tests.support.browsing import Visitor


def minutes_pass(minutes: int = 31) -> None:
    """Let so much time go by since everyone has confirmed."""
    at = utc_now() - timedelta(minutes=minutes)
    db.session.execute(db.update(SignInSession).values(confirmed_at=at))
    db.session.commit()


def confirm(visitor: Visitor, page: TestResponse, password: str = PASSWORD, **typed: str) -> TestResponse:
    """Type the password, or what else is asked for, into the page's question, and send all that it carries."""
    form = re.search(r"<form[^>]*data-confirms.*?</form>", page.text, re.DOTALL)
    assert form, "nothing is asked"
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0])
    fields = {name: unescape(value) for name, value in hidden if name != "csrf_token"}
    return visitor.post("/confirm", fields | (typed or {"password": password}))


def send_again(visitor: Visitor, page: TestResponse) -> TestResponse:
    """Press Send again."""
    form = re.search(r'<form class="form" method="post" action="([^"]+)">(.*?)</form>', page.text, re.DOTALL)
    assert form, "there is nothing to send again"
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2]))
    fields.pop("csrf_token")
    return visitor.post(unescape(form[1]), {name: unescape(value) for name, value in fields.items()})
