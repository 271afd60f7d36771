"""What a search shows: links in groups. A link never does anything: what costs money or removes something leads to
the form, and from there to the review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from app.billing.activity import saved_views, search
from app.billing.activity.search import SearchTookTooLongError
from app.billing.invoices import listing
from app.language import gettext, in_sentence, translated
from app.models import Organization, card_name
from app.months import Month
from app.pages.destination import Destination
from app.pages.destinations import DESTINATIONS
from app.pages.search import actions
from app.pages.search.links import Link
from app.pages.search.typed import Typed, folded, words_of
from app.pages.synonyms import SYNONYMS
from app.pages.wallet.routes import address_of_view
from app.web.formatting import money, month, time_element
from app.web.identity import current_identity
from app.web.links import url_of_page

PAGES = 6
"""How many pages are found."""


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one kind. `is_cut_short`: the database needed too long."""

    name: str
    links: list[Link]
    is_cut_short: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """All results; for nothing typed, all pages."""

    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.links) for group in self.groups)

    @property
    def is_cut_short(self) -> bool:
        return any(group.is_cut_short for group in self.groups)


def gather(organization: Organization, typed: Typed) -> Results:
    """Everything that is found, what is most likely meant first; for an amount alone, what has that amount."""
    if not typed.text:
        return Results(
            [Group(gettext("Pages"), [Link(one.name, one.url, one.action) for one in DESTINATIONS])]
        )
    todo = Group(gettext("Actions"), list(actions.find(organization, typed)))
    named = Group(gettext("Pages"), [Link(one.name, one.url, one.action) for one in _named(typed)])
    things = [Group(gettext("Saved views"), _views(organization, typed)), *_things(organization, typed)]
    ordered = [*things, todo, named] if typed.is_amount else [todo, named, *things]
    return Results([group for group in ordered if group.links or group.is_cut_short])


def _named(typed: Typed) -> list[Destination]:
    """The pages of which every word that was typed begins a word; those whose name has them first."""

    wanted = [folded(part) for word in typed.words for part in word.split("-")]
    # By its English name it is found in every language.
    found = [one for one in DESTINATIONS if wanted and _has(_names_of(one), wanted)]
    return sorted(found, key=lambda one: not _has(one.name, wanted))[:PAGES]


def _names_of(page: Destination) -> str:
    also = SYNONYMS.get(page.action, "")
    return f"{page.name} {translated(also)} {page.title} {also}"


def _has(text: str, wanted: list[str]) -> bool:
    """Whether each word that is wanted begins one of the text's."""
    words = [folded(word) for word in words_of(text.replace("-", " "))]
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _things(organization: Organization, typed: Typed) -> Iterator[Group]:
    for name, find in (
        (gettext("Calls"), _calls),
        (gettext("Campaigns"), _campaigns),
        (gettext("Top-ups"), _top_ups),
        (gettext("Invoices"), _invoices),
    ):
        try:
            yield Group(name, search.within_a_moment(partial(find, organization, typed)))
        except SearchTookTooLongError:
            yield Group(name, [], is_cut_short=True)


def _views(organization: Organization, typed: Typed) -> list[Link]:
    """The person's own views of the history whose name has every word that was typed."""
    views = saved_views.list_views(organization, current_identity().user.id)
    return [
        Link(view.name, address_of_view(view), detail=gettext("Wallet history"))
        for view in views
        if typed.words and all(word in view.name.casefold() for word in typed.words)
    ][: search.MOST]


def _calls(organization: Organization, typed: Typed) -> list[Link]:
    return [
        Link(call, url_of_page("wallet.show_call", call=call))
        for call in search.find_calls(organization, typed.text)
    ]


def _campaigns(organization: Organization, typed: Typed) -> list[Link]:
    """A campaign is shown where its cost is: in the statement of the last month that has some."""
    return [
        Link(
            one.name,
            url_of_page("invoices.show_statement", month=str(Month.of(one.last_day)), _anchor="campaigns"),
            detail=gettext("in the statement of %(month)s", month=month(Month.of(one.last_day).first)),
        )
        for one in search.find_campaigns(organization, typed.text)
    ]


def _top_ups(organization: Organization, typed: Typed) -> list[Link]:
    found = search.find_top_ups(organization, typed.amount, typed.card)
    links = [
        Link(
            gettext("Top-up of %(amount)s", amount=money(one.amount)),
            url_of_page("wallet.show_top_up", top_up_id=one.id),
            detail=time_element(one.at, "date") + f", {card_name(one.card)}",
        )
        for one in found
    ]
    by_number = search.find_top_up(organization, typed.number) if typed.number else None
    if by_number is not None:
        url = url_of_page("wallet.show_top_up", top_up_id=by_number.id)
        on = time_element(by_number.created_at, "date")
        links.append(Link(gettext("Top-up of %(amount)s", amount=money(by_number.amount)), url, detail=on))
    return links


def _invoices(organization: Organization, typed: Typed) -> list[Link]:
    return [
        Link(
            gettext("Invoice %(number)s", number=one.number),
            url_of_page("invoices.show_invoice", invoice_id=one.id),
            detail=time_element(one.issued_at, "date") + f", {money(one.amount)}, {in_sentence(one.label)}",
            aside=True,
        )
        for one in listing.find(organization, typed.text, typed.amount, most=search.MOST)
    ]
