"""Topping up: with a card that pays, is declined, or whose bank asks; given up, paid twice, left half way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

from torture.browser import Browser, Page, UnansweredError
from torture.forms import Form
from torture.stage import Person
from torture.stripe_side import StripeSide

WALLET = "/billing/wallet"


def top_up(person: Person, chance: Random, bank: StripeSide) -> str:
    """Choose amount and card, review, pay; the bank's question and a decline come as they come."""
    browser = person.browser
    page = browser.get(WALLET)
    form = page.form("/top-ups")
    if form is None:
        return f"no form ({page.status})"
    cards = [card for card in form.choices.get("card", []) if card != "another"]
    if not cards:
        return "no card"
    amount = chance.choice(["25", "50", "100", "other"])
    page = browser.submit(
        page, form, amount=amount, other_amount=str(chance.randint(10, 90)), card=chance.choice(cards)
    )
    return _on_from(browser, page, chance, bank)


def resume(person: Person, chance: Random, bank: StripeSide) -> str:
    """Go on with one that was left: what the wallet's history links to."""
    page = person.browser.get(WALLET)
    open_ones = sorted({link for link in page.parsed.links if "/top-ups/" in link})
    if not open_ones:
        return "nothing open"
    return _on_from(person.browser, person.browser.get(chance.choice(open_ones)), chance, bank)


def _on_from(browser: Browser, page: Page, chance: Random, bank: StripeSide) -> str:
    """From wherever a top-up stands, until it is paid, given up or left."""
    for _ in range(4):
        if page.parsed.client_secret is not None:
            page = _answer(browser, page, page.parsed.client_secret, chance, bank)
            continue
        pay, cancel = page.form("/payments"), page.form("/cancellation")
        decided = chance.random()
        if cancel is not None and decided < 0.25:
            browser.submit(page, cancel)
            return "canceled"
        if pay is None:
            return _state(page) if page.status < 400 else f"answered {page.status}"
        if decided > 0.92:
            return "left"
        page = _pay(browser, page, pay, chance)
    return "given up"


def _state(page: Page) -> str:
    """Where the top-up stands, as its page tells its own scripts."""
    return page.text.partition('name="state" value="')[2].partition('"')[0] or "seen"


def _pay(browser: Browser, page: Page, form: Form, chance: Random) -> Page:
    cards = [card for card in form.choices.get("card", []) if card != "another"]
    changes = {"card": chance.choice(cards)} if cards else {}
    if chance.random() > 0.2:
        return browser.submit(page, form, **changes)
    with ThreadPoolExecutor(2) as hasty:  # a double click, or the same page in two tabs
        clicks = [hasty.submit(browser.submit, page, form, **changes) for _ in range(2)]
        try:
            return clicks[0].result()
        except UnansweredError:
            return clicks[1].result()


def _answer(browser: Browser, page: Page, secret: str, chance: Random, bank: StripeSide) -> Page:
    bank.control.answer_challenge(secret, chance.choice(["complete", "complete", "complete", "fail"]))
    form = page.form("/confirmation")
    if form is None or chance.random() < 0.2:
        return browser.get(page.path)  # came back from the bank's own page, or pressed reload
    return browser.submit(page, form)
