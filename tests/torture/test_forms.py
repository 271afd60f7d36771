"""Pages as the torture's browsers read them."""

from __future__ import annotations

from torture.browser import Page

PAGE = """
<div data-client-secret="pi_1_secret_2"><a href="/billing/wallet">Wallet</a><a href="https://stripe.example">out</a>
<form method="get" action="/search"><input name="q"></form>
<form method="post" action="/billing/wallet/top-ups">
  <input type="hidden" name="csrf_token" value="t">
  <input type="radio" name="amount" value="25"><input type="radio" name="amount" value="50" checked>
  <select name="card"><option value="a">A</option><option value="b" selected>B</option></select>
  <select name="country"><option value="">Choose</option><option value="DE">Germany</option></select>
  <input type="checkbox" name="keep"><input name="gone" value="x" disabled>
  <textarea name="emails">one@x.example</textarea><button name="go" value="1">Go</button>
</form>
<form method="post"><input name="here" value="1"></form></div>"""


def test_a_form_is_what_a_browser_would_send() -> None:
    page = Page("http://localhost/billing/wallet", 200, PAGE, "text/html; charset=utf-8")
    form = page.form("/top-ups")
    assert form is not None
    assert form.fields == {
        "csrf_token": "t",
        "amount": "50",
        "card": "b",
        "country": "",
        "emails": "one@x.example",
    }
    assert form.choices == {
        "amount": ["25", "50"],
        "card": ["a", "b"],
        "country": ["", "DE"],
        "keep": ["on"],
    }


def test_links_secrets_and_forms_without_an_address() -> None:
    page = Page("http://localhost/billing/wallet", 200, PAGE, "text/html")
    assert (page.parsed.links, page.parsed.client_secret) == (["/billing/wallet"], "pi_1_secret_2")
    assert [form.path for form in page.parsed.forms] == [
        "/search",
        "/billing/wallet/top-ups",
        "/billing/wallet",
    ]
    assert Page("http://localhost/x.csv", 200, PAGE, "text/csv").parsed.forms == []
