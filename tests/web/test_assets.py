"""What pages of another origin may run of ours: the shell's elements, all of one version."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from app.web.assets import Asset
from config import ROOT

PARTS = ("balance", "billing_alert", "campaign_check", "top_up")
ON_NEED = "js/embed/dialog.js"


def test_the_shells_script_imports_each_of_its_modules_and_lets_pages_of_the_shell_run_them(
    client: FlaskClient,
) -> None:
    entry = client.get("/embed.js")
    assert entry.content_type.startswith("text/javascript")
    assert entry.headers["Cache-Control"] == "public, max-age=300"
    assets: dict[str, Asset] = client.application.extensions["assets"]
    modules = {name for name in assets if name.startswith("js/embed/")}
    urls = re.findall(r'^import "(/static/[0-9a-f]+/(js/embed/\w+\.js))";$', entry.text, re.MULTILINE)
    assert {name for _, name in urls} == modules - {ON_NEED} != set()
    assert len(entry.text.splitlines()) == len(urls)
    on_need = f"/static/{assets[ON_NEED].fingerprint}/{ON_NEED}"
    for answer in (entry, *(client.get(url) for url in (on_need, *(url for url, _ in urls)))):
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_no_page_of_another_origin_reads_another_script(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    [script] = re.findall(r'src="(/static/[^"]*/js/app\.js)"', page)
    assert "Access-Control-Allow-Origin" not in client.get(script).headers


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_light_with_all_that_it_imports(client: FlaskClient, part: str) -> None:
    """Compressed, without headers. All of them import the same, so a page with several has less than their sum."""
    fingerprint = client.application.extensions["assets"]["js/app.js"].fingerprint
    weights: dict[str, int] = {}
    wanted = [f"{part}.js"]
    while wanted:
        name = wanted.pop()
        answer = client.get(f"/static/{fingerprint}/js/embed/{name}", headers={"Accept-Encoding": "gzip"})
        weights[name] = len(answer.data)
        text = gzip.decompress(answer.data).decode()
        wanted += [one for one in re.findall(r'from "\./(\w+\.js)";', text) if one not in weights]
    assert "session.js" in weights
    assert sum(weights.values()) < 5_000, weights


def test_styles_in_the_shells_modules_are_served_without_the_space_around_their_rules(
    client: FlaskClient,
) -> None:
    fingerprint = client.application.extensions["assets"]["js/app.js"].fingerprint
    part = client.get(f"/static/{fingerprint}/js/embed/part.js").text
    assert ":host([hidden]),[hidden]{display:none;}*{box-sizing:border-box;" in part
    assert "calc(var(--radius) * 0.6)" in part
    assert "\n\n" not in part
    assert "//" not in part


def test_the_space_that_is_left_out_between_rules_is_in_no_text() -> None:
    for style in (ROOT / "app/static/css").glob("*.css"):
        texts = re.findall(r'"[^"\n]*"', re.sub(r"/\*.*?\*/", "", style.read_text(), flags=re.DOTALL))
        assert not [text for text in texts if re.search("[{};]|[:,] ", text)], style.name
