"""Pages go out compressed to our own pages and to people, never to pages of other sites, and give no secret away."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web import form_tokens
from app.web.compression import without_indents
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor

OWN = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def of(answer: TestResponse) -> str:
    return gzip.decompress(answer.data).decode() if "Content-Encoding" in answer.headers else answer.text


@dataclass
class Owner:
    """Someone with pages to look at, and their browser."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


@pytest.fixture
def owner(app: Flask, visitor: Visitor) -> Owner:
    visitor.begin_session(a_person(organization=an_organization()).email)
    return Owner(visitor.client)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_people_and_our_own_pages_ask_for_is_compressed(owner: Owner, site: str) -> None:
    plain = owner.get("/billing/wallet")
    packed = owner.get("/billing/wallet", **OWN | {"Sec-Fetch-Site": site})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert TOKEN.sub("", of(packed)) == without_indents(TOKEN.sub("", plain.text).encode()).decode()
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(packed.vary) & set(plain.vary)


def test_text_that_is_kept_as_written_keeps_its_indents() -> None:
    assert without_indents(b"<ul>\n    <li>a  b\n  \n</ul>") == b"<ul>\n<li>a  b\n</ul>"
    for written in (b"<pre>\n  a\n</pre>", b"<textarea rows=2>\n  a</textarea>"):
        assert without_indents(written) == written


@pytest.mark.parametrize("site", ["cross-site", "same-site", "something new", None])
def test_what_another_sites_page_may_have_asked_for_is_not(owner: Owner, site: str | None) -> None:
    headers = OWN | {"Sec-Fetch-Site": site}
    answer = owner.get("/billing/wallet", **{name: text for name, text in headers.items() if text})
    assert "Content-Encoding" not in answer.headers
    assert "Wallet" in answer.text


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", ""])
def test_a_browser_that_takes_no_gzip_gets_none(owner: Owner, accepted: str) -> None:
    answer = owner.get("/billing/wallet", **OWN | {"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/billing/activity.csv", "/api/v1/openapi.json", "/healthz", "/billing/live/credit"]
)
def test_what_is_no_page_or_a_short_one_goes_as_it_is(owner: Owner, path: str) -> None:
    answer = owner.get(path, **OWN)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_its_length_says_nothing(owner: Owner) -> None:
    lengths = {len(owner.get("/billing/wallet", **OWN).data) for _ in range(12)}
    assert max(lengths) - min(lengths) > 10


def test_a_sessions_secret_is_in_no_page(owner: Owner) -> None:
    owner.get("/billing/wallet")
    with owner.client.session_transaction() as session:
        secret = session["csrf_token"]
    tokens = [TOKEN.findall(of(owner.get("/billing/wallet/auto-top-up", **OWN)))[0] for _ in range(3)]
    found = [form_tokens.read(token) for token in tokens]
    assert all(token is not None and token.secret == secret for token in found)
    written = ["".join(form_tokens.signing.serializer("form-token").loads(token)[::3]) for token in tokens]
    for text in written:
        parts = {text[place : place + 6] for place in range(len(text) - 5)}
        assert secret[:8] not in text
        assert all(
            len(parts & {other[i : i + 6] for i in range(len(other) - 5)}) == 0
            for other in written
            if other != text
        )


def test_forms_of_pages_that_were_open_before_are_taken(app: Flask) -> None:
    bare = str(form_tokens.signing.serializer("form-token").dumps(["ab" * 32, "someone", "harbor"]))
    token = form_tokens.read(bare)
    assert token is not None
    assert (token.secret, token.person, token.organization) == ("ab" * 32, "someone", "harbor")
    for malformed in (["zz", "someone", "harbor", "aa"], ["aa", "someone", "harbor", 7], ["aa"], "aa"):
        assert form_tokens.read(str(form_tokens.signing.serializer("form-token").dumps(malformed))) is None
