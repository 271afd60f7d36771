"""The policy in a browser: what it stops is reported, logged, and fails the test; what the pages need goes on."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Route, expect

from app import create_app
from config import STRIPE_API, STRIPE_JS
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person, an_organization
from tests.support.serving import serving
from tests.support.violations import WatchedBrowser

HARMFUL = [
    "<script>window.ran = true</script>",
    "<script src='/static/0/js/app.js'></script>",
    "<div><img src='/nothing.png' onerror='window.ran = true'></div>",
    "<svg onload='window.ran = true'></svg>",
    "<template><p><img src=x onerror='window.ran = true'></p></template>",
    "<div><template shadowrootmode='open'><img src=x onerror='window.ran = true'></template></div>",
    "<a href=' java\tscript:window.ran = true'>Pay</a>",
    "<form><button formaction='javascript:window.ran = true'>Pay</button></form>",
    "<svg><a xlink:href='javascript:window.ran = true'><text>Pay</text></a></svg>",
    "<iframe srcdoc='<p>'></iframe>",
    "<object data='/billing'></object>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv='refresh' content='0;url=https://evil.example/'>",
    "<p hx-on:click='window.ran = true'>Pay</p>",
    "<p data-hx-on--load='window.ran = true'>Pay</p>",
    "<p hx-vals='js:{a: window.ran = true}'>Pay</p>",
]
HARMLESS = [
    "",
    "text",
    "<p class='a' hx-get='/billing' hx-trigger='click'>Pay <b>once</b></p>",
    "<template><svg viewBox='0 0 1 1'><rect width='1' height='1'></rect></svg></template>",
    "<a href='/billing/wallet#history'>Wallet</a><a href='https://pay.stripe.com/receipts/1'>Receipt</a>",
]
IMAGE = (
    "new Promise((told) => Object.assign(new Image(), {onerror: told, src: 'https://evil.example/x.png'}))"
)
TRY = """markup => {
  try {
    document.createElement("div").innerHTML = markup;
    return "taken";
  } catch (error) {
    return error.name;
  }
}"""
LOAD = """address => {
  try {
    document.createElement("script").src = address;
    return "taken";
  } catch (error) {
    return error.name;
  }
}"""


STRIPE = """
window.Stripe = (key) => ({ createRadarSession: async () => ({ radarSession: { id: `rse_${key}` } }) });
document.head.append(Object.assign(document.createElement("script"), { src: "https://b.js.stripe.com/v3/part-0123.js" }));
for (const src of ["https://js.stripe.com/v3/card.html", "https://hooks.stripe.com/3d_secure"]) {
  document.body.append(Object.assign(document.createElement("iframe"), { src }));
}
fetch("https://api.stripe.com/v1/payment_intents");
"""
"""What Stripe.js does in a page: parts of its own, frames, and calls."""

WANT_STRIPE = """async ([module, jsUrl]) => {
  const field = Object.assign(document.createElement("input"), { type: "hidden", id: "signals" });
  Object.assign(field.dataset, { browserSignals: "", jsUrl, publishableKey: "pk_1" });
  document.body.append(field);
  await import(module);
}"""
"""What a page with a payment has."""


@pytest.fixture
def reported() -> Iterator[Queue[dict[str, Any]]]:
    """The violations that this process logs, as they come."""
    found: Queue[dict[str, Any]] = Queue()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            assert isinstance(record.msg, dict)
            found.put(record.msg)

    log, collector, level = (
        logging.getLogger("billing.csp"),
        Collector(),
        logging.getLogger("billing.csp").level,
    )
    log.addHandler(collector)
    log.setLevel(logging.WARNING)
    yield found
    log.removeHandler(collector)
    log.setLevel(level)


def test_what_is_stopped_is_caught_here_reported_and_logged(
    browser: WatchedBrowser, application: Flask, reported: Queue[dict[str, Any]]
) -> None:
    with serving(application) as address:
        page = browser.new_page()
        page.goto(
            f"{address.replace('127.0.0.1', 'localhost')}/sign-in?next=/billing&client_secret=x_secret_y"
        )
        page.evaluate(IMAGE)
        assert "img-src https://evil.example/x.png" in browser.provoked(page)
        line = reported.get(timeout=20)
        assert {name: line[name] for name in ("event", "directive", "blocked", "document")} == {
            "event": "csp_violation",
            "directive": "img-src",
            "blocked": "https://evil.example/x.png",
            "document": "/sign-in",
        }
        assert "secret" not in str(line)
        page.context.close()


def test_a_violation_in_another_window_or_a_frame_is_caught_too(
    browser: WatchedBrowser, site: Site, app: Flask
) -> None:
    page = browser.new_page(base_url=site.url)
    page.goto("/sign-in")
    with page.expect_popup() as opened:
        page.evaluate("window.open('/sign-in')")
    opened.value.wait_for_load_state()
    opened.value.evaluate(IMAGE)
    assert "img-src" in browser.provoked(opened.value)
    sign_in(page, a_person(organization=an_organization()).email, to="/billing/payment-methods/new")
    page.frame_locator("iframe").get_by_label("Card number").wait_for()
    page.frames[-1].evaluate(IMAGE)
    assert "img-src" in browser.provoked(page)
    page.context.close()


def test_no_string_becomes_a_script(browser: WatchedBrowser, site: Site) -> None:
    page = browser.new_page(base_url=site.url)
    page.goto("/sign-in")
    assert {markup: page.evaluate(TRY, markup) for markup in HARMLESS} == dict.fromkeys(HARMLESS, "taken")
    assert browser.violations == []
    assert {markup: page.evaluate(TRY, markup) for markup in HARMFUL} == dict.fromkeys(HARMFUL, "TypeError")
    assert browser.provoked(page).count("require-trusted-types-for") >= len(HARMFUL)
    assert page.evaluate("window.ran") is None
    for name in ("mine", "default", "inspect"):
        made = f"(() => {{ try {{ trustedTypes.createPolicy('{name}', {{}}); return 'made'; }} catch {{ return 'refused'; }} }})()"
        assert page.evaluate(made) == "refused"
    assert browser.provoked(page)
    page.context.close()


def test_scripts_come_from_stripe_alone_and_its_script_can_load_its_parts(
    browser: WatchedBrowser, site: Site
) -> None:
    page = browser.new_page(base_url=site.url)
    page.goto("/sign-in")
    home = site.sandbox.url
    for address in (f"{home}/endive/stripe.js", f"{home}/v3/part-0123456789ab.js"):
        assert page.evaluate(LOAD, address) == "taken"
    assert browser.violations == []
    stripe = home.removeprefix("http://")
    for address in (
        "/static/0/js/app.js",
        "https://evil.example/endive/stripe.js",
        f"http://user@{stripe}/v3/part.js",
        f"http://evil{stripe}/v3/part.js",
        f"https://{stripe}/v3/part.js",
        f"{home}/v3/part.js?callback=evil",
        "data:text/javascript,window.ran=true",
    ):
        assert page.evaluate(LOAD, address) == "TypeError", address
    assert browser.provoked(page)
    page.context.close()


def test_stripes_own_addresses_are_let_through_where_stripe_itself_is_used(
    browser: WatchedBrowser, application: Flask
) -> None:
    settings = replace(
        application.config["SETTINGS"],
        stripe_api_base=STRIPE_API,
        stripe_js_url=STRIPE_JS,
        trusted_types="enforce",
    )
    with serving(create_app(settings)) as address:
        page = browser.new_page()
        asked = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            body = STRIPE if route.request.url == STRIPE_JS else ""
            kind = "text/html" if route.request.is_navigation_request() else "text/javascript"
            route.fulfill(body=body, content_type=kind, headers={"Access-Control-Allow-Origin": "*"})

        page.route(re.compile(r"^https://[a-z.]*stripe\.com/"), answer)
        page.goto(f"{address}/sign-in")
        module = page.locator("script[src*='/js/app.js']").get_attribute("src")
        assert module
        page.evaluate(WANT_STRIPE, [module.replace("/app.js", "/paying.js"), STRIPE_JS])
        expect(page.locator("#signals")).to_have_value("rse_pk_1")
        page.wait_for_load_state("networkidle")
        assert sorted(asked) == [
            "https://api.stripe.com/v1/payment_intents",
            "https://b.js.stripe.com/v3/part-0123.js",
            "https://hooks.stripe.com/3d_secure",
            STRIPE_JS,
            "https://js.stripe.com/v3/card.html",
        ]
        page.context.close()


def test_an_answer_with_a_script_in_it_is_not_shown_and_the_page_says_so(
    browser: WatchedBrowser, site: Site, app: Flask
) -> None:
    organization, _ = a_payer()
    page = browser.new_page(base_url=site.url)
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    page.route("**/top-ups", lambda route: route.fulfill(body=f"<section id='top-up'>{HARMFUL[2]}</section>"))
    page.get_by_role("button", name="Review top-up").click()
    expect(page.get_by_text("Something went wrong on our side.")).to_be_visible()
    expect(page.get_by_role("button", name="Review top-up")).to_be_enabled()
    assert page.evaluate("window.ran") is None
    assert "require-trusted-types-for" in browser.provoked(page)
    page.context.close()
