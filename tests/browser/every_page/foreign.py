"""Pages in the pseudo-language (tests/support/pseudo.py), from left to right and from right to left: what is cut, wider than
the screen or written over with longer texts, and what is in English although it is no data."""

from __future__ import annotations

import re
from collections.abc import Iterable

from babel import Locale
from flask import Flask
from playwright.sync_api import Browser, Page

from app.extensions import db
from app.models import Membership, Organization, User
from tests.browser.direction import MISPLACED
from tests.browser.every_page import room
from tests.browser.every_page.ways import Way
from tests.browser.looks import reflow_problems
from tests.browser.site import Site
from tests.support.pseudo import LEFT_TO_RIGHT, RIGHT_TO_LEFT
from tests.support.session_cookies import begin_session

DIRECTIONS = {"ltr": LEFT_TO_RIGHT, "rtl": RIGHT_TO_LEFT}
WIDTHS = (1280, 320)
ENGLISH = {"api.docs", "api.show_problem", "api.show_problems"}
"""Pages that programmers read."""

# Texts and attributes that are seen or read out: what a block says, with what is in line with it.
SAID = """() => {
  const found = [];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("script, style, code, kbd, pre, svg text, iframe");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const blocks = new Map();
  while (walker.nextNode()) {
    let block = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(block)) continue;
    while (block.parentElement && ["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    blocks.set(block, (blocks.get(block) ?? "") + walker.currentNode.data);
  }
  for (const [block, text] of blocks) found.push([`${block.localName}.${[...block.classList].join(".")}`, text]);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`)) if (shown(one)) found.push([`${one.localName}[${name}]`, one.getAttribute(name)]);
  return [...found, ["title", document.title]];
}"""
_MESSAGE = re.compile(r"«[^«»]*»")
_DATA = re.compile(r"https?://\S+|\S+@\S+|\S*/\S*|\b\d+ (?:h|min|s)\b|\b[0-9A-Z]{8}-\d{4}\b")
# The pseudo-language has none of these letters without an accent; three without any vowel may be an abbreviation.
_WORD = re.compile(r"\b(?=[A-Za-z]*[aeiouyAEIOUY])[A-Za-z]{3,}\b")
_NAMED = {
    "Recall patients",
    "Reminders",
    "Ava",
    "Noah",
    "Billing alerts",
    "Friday's recall",
    "Delivery windows",
    "Otto",
}
"""In the states of `tests.support.states`."""
_TYPED = {"nothing like it", "call 12"}
"""A search of `tests.support.addresses`, and the name of a call."""
_NAMES = ("Voice Portal", "Visa", "Slack", "UTC", "United States")


def in_english(texts: Iterable[tuple[str, str]], data: Iterable[str]) -> list[str]:
    """What is in no message and no data, by where it is."""
    known = sorted({*filter(None, data), *_NAMES}, key=len, reverse=True)
    found: dict[str, None] = {}
    for where, text in texts:
        left = text
        while _MESSAGE.search(left):
            left = _MESSAGE.sub(" ", left)
        for one in known:
            left = left.replace(one, " ")
        if _WORD.search(_DATA.sub(" ", left)):
            found[f"in English: {where}: {' '.join(left.split())[:80]}"] = None
    return list(found)


def problems(page: Page, data: Iterable[str]) -> list[str]:
    """What is wrong with a page in the pseudo-language, as wide as a desktop's window and as a phone."""
    found = in_english(page.evaluate(SAID), data)
    for width in WIDTHS:
        Way("", width).take(page)
        looked = (
            *reflow_problems(page),
            *page.evaluate(room.CRAMPED),
            *page.evaluate(MISPLACED)["misplaced"],
        )
        found += [f"{one} ({width} px)" for one in looked]
    return found


def data_of(organization: Organization, person: User, direction: str) -> set[str]:
    """What people have named, and what Babel writes: days and countries."""
    known = Locale.parse(DIRECTIONS[direction])
    words = {
        str(one)
        for kind in (known.months, known.days)
        for use in ("format", "stand-alone")
        for width in kind[use].values()
        for one in width.values()
    }
    words |= {str(one) for code, one in known.territories.items() if len(code) == 2}
    of_it = db.select(Membership.user_id).filter_by(org_id=organization.id)
    members = set(db.session.scalars(db.select(User.name).where(User.id.in_(of_it))))
    return {
        one
        for one in words | members | _NAMED | _TYPED | {organization.name, person.email}
        if one and len(one) > 2
    }


def a_reader(browser: Browser, site: Site, app: Flask, person: User, direction: str) -> Page:
    """A page of someone who is signed in and reads the pseudo-language in that direction."""
    locale = DIRECTIONS[direction].replace("_", "-")
    context = browser.new_context(base_url=site.url, locale=locale, reduced_motion="reduce")
    begin_session(context, app, site.url, person)
    return context.new_page()
