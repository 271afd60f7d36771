"""Plans: up, down, canceled; the payment with the bank's question; the change that was planned, canceled."""

from __future__ import annotations

from random import Random

from torture.browser import Page
from torture.stage import Person
from torture.stripe_side import StripeSide

PLANS = "/billing/change-plan"


def switch(person: Person, chance: Random, bank: StripeSide) -> str:
    """Choose a plan, and go through with it."""
    browser = person.browser
    page = browser.get(PLANS)
    form = page.form(PLANS)
    if form is None:
        return f"no form ({page.status})"
    page = browser.submit(page, form, plan=chance.choice(form.choices.get("plan") or ["starter:month"]))
    return _on_from(person, page, chance, bank)


def resume(person: Person, chance: Random, bank: StripeSide) -> str:
    """Go on with what waits: a payment, a change that is planned, a renewal that is not paid."""
    page = person.browser.get(PLANS)
    links = sorted({link for link in page.parsed.links if link.startswith(f"{PLANS}/")})
    if links and chance.random() < 0.7:
        page = person.browser.get(chance.choice(links))
    return _on_from(person, page, chance, bank)


def _on_from(person: Person, page: Page, chance: Random, bank: StripeSide) -> str:
    browser = person.browser
    for _ in range(4):
        if page.parsed.client_secret is not None:
            bank.control.answer_challenge(
                page.parsed.client_secret, chance.choice(["complete", "complete", "fail"])
            )
            page = browser.get(page.path)
            if page.parsed.client_secret is not None:
                return "asked again"
            continue
        below = [
            form for form in page.parsed.forms if form.method == "post" and form.path.startswith(f"{PLANS}/")
        ]
        if not below or chance.random() < 0.1:
            return "seen" if page.status < 400 else f"answered {page.status}"
        page = browser.submit(page, chance.choice(below))
    return "clicked through"
