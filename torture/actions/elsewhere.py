"""The other pages: billing details, another organization, downloads, following links, and a page left open."""

from __future__ import annotations

from random import Random
from urllib.parse import urlsplit

from torture.stage import Person
from torture.stripe_side import StripeSide

START = (
    "/billing",
    "/billing/wallet",
    "/billing/payment-methods",
    "/billing/change-plan",
    "/workplace/invoices",
)
POLLED = {
    "/billing": "/billing/live/overview",
    "/billing/wallet": "/billing/live/wallet",
    "/billing/payment-methods": "/billing/live/payment-methods",
    "/billing/change-plan": "/billing/live/change-plan",
    "/billing/wallet/limits": "/billing/live/limits",
}
LEAVES = ("/sign-out", "/dev", "/api", "/static")
DOWNLOADS = (".csv", ".pdf", "csv", "pdf")


def change_details(person: Person, chance: Random, _: StripeSide) -> str:
    """Write who is billed; whatever organization is in view, in words of the person's own."""
    page = person.browser.get("/billing/details")
    form = page.form("/billing/details")
    if form is None:
        return f"no form ({page.status})"
    # Whose page it is, says the choice of organizations; who has only one has no choice.
    switcher = page.form("/organization")
    in_view = switcher.fields.get("organization") if switcher else None
    marker = next((one.marker for one in person.companies if str(one.id) == in_view), person.marker)
    texts = {
        "legal_name": f"{marker} {chance.choice(['Ltd', 'GmbH', 'Inc'])}",
        "line1": f"{chance.randint(1, 99)} Main Street",
        "postal_code": str(chance.randint(10_000, 99_999)),
        "city": chance.choice(["Springfield", "Zürich", "Łódź", "São Paulo 🙂"]),
        "country": chance.choice(["DE", "CH", "FR"]),
    }
    known = {name: text for name, text in texts.items() if name in form.fields}
    return f"answered {person.browser.submit(page, form, **known).status}"


def switch_organization(person: Person, chance: Random, _: StripeSide) -> str:
    """Look at another of one's organizations."""
    page = person.browser.get(chance.choice(START))
    form = page.form("/organization")
    if form is None:
        return "has one only"
    chosen = chance.choice(form.choices["organization"])
    return f"answered {person.browser.submit(page, form, organization=chosen).status}"


def download(person: Person, chance: Random, _: StripeSide) -> str:
    """Download something that a page offers."""
    page = person.browser.get(chance.choice(START))
    files = sorted({link for link in page.parsed.links if urlsplit(link).path.endswith(DOWNLOADS)})
    if not files:
        return "nothing to download"
    return f"answered {person.browser.get(chance.choice(files)).status}"


def wander(person: Person, chance: Random, _: StripeSide) -> str:
    """Follow some links."""
    page = person.browser.get(chance.choice(START))
    for _step in range(chance.randint(1, 3)):
        links = sorted({one for one in page.parsed.links if not one.startswith(LEAVES)})
        if not links:
            break
        page = person.browser.get(chance.choice(links))
    return "seen"


def poll(person: Person, chance: Random, _: StripeSide) -> str:
    """Leave a page open for a while."""
    shown = chance.choice(sorted(POLLED))
    page, tag = person.browser.get(shown), ""
    form_tag = page.text.partition('hx-ptag="')[2].partition('"')[0]
    for _again in range(3):
        tag = tag or form_tag
        answer = person.browser.get(POLLED[shown], **{"HX-Request": "true", "HX-PTag": tag})
        if answer.status not in {200, 304}:
            return f"answered {answer.status}"
    return "seen"
