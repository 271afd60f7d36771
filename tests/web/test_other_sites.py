"""Links to pages of ours that lead on to another site: in the shell's frame such a page is asked where to."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

import app as product
from app.web.other_sites import ASKS
from tests.support.browsing import HTMX
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

TEMPLATES = Path(product.__file__).parent / "templates"
OURS = {"auth.confirm_with_provider"}
"""What opens beside a page and comes back to us."""


def test_each_link_to_a_page_of_its_own_says_that_it_leads_to_another_site() -> None:
    links = [
        (page.name, tag)
        for page in sorted(TEMPLATES.rglob("*.html"))
        for tag in re.findall(r"<a [^>]*?(?:\{\{.*?\}\}[^>]*?)*target=\"_blank\"[^>]*>", page.read_text())
    ]
    assert len(links) >= 6
    for name, tag in links:
        if not any(endpoint in tag for endpoint in OURS):
            assert 'rel="external noopener"' in tag, (name, tag)


def test_a_receipt_says_where_it_is(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    top_up = owner.review()
    owner.pay(top_up)
    asked = owner.get(f"{top_up}/receipt", headers=HTMX | {ASKS: "1"})
    assert asked.json == {"address": sandbox.charges()[0].receipt_url}
    missing = owner.get(f"{owner.review()}/receipt", headers=HTMX | {ASKS: "1"})
    assert missing.status_code == 404
    assert "data-refusal" in missing.text
