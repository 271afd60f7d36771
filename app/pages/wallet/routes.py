"""The wallet page, whole or the region that an htmx request wants."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from app.billing import catalog, coming_up, plans
from app.billing.activity import history_months, saved_views, usage_names
from app.billing.credit import expiring
from app.currencies import stripe_digits_of
from app.language import translated
from app.models import SavedView, TopUp, UsageGroup
from app.pages.labels import filter_labels
from app.pages.tags import tag_of
from app.pages.wallet import presets
from app.pages.wallet import view as wallet_page
from app.pages.wallet.card_choice import CardChoice, CardForm, preferred
from app.pages.wallet.forms import TopUpForm
from app.pages.wallet.history_query import (
    DIRECTIONS,
    HistoryQuery,
    address_of,
    as_query,
    chips,
    describe,
    from_query,
)
from app.pages.wallet.limit_wording import limit_reached
from app.pages.wallet.view import WalletPage
from app.transaction import transaction
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.links import url_of_page

blueprint = Blueprint("wallet", __name__, url_prefix="/billing/wallet")


@blueprint.get("")
@org_admin_required
def show() -> str:
    """Balance, top-up form and history."""
    wanted = HistoryQuery.read(request.args)
    view = wallet_page.gather(
        current_organization(), wanted.filters, before=wanted.before, after=wanted.after, month=wanted.month
    )
    return draw_page(context(view, TopUpForm(request.args)) | {"jumped_to": wanted.month})


def context(view: WalletPage, form: TopUpForm | None = None, card: str | None = None) -> dict[str, Any]:
    """The context of the wallet's templates, with the card chosen in the form, if any."""
    settings = current_app.config["SETTINGS"]
    form = form or TopUpForm(None)
    form.offer(view.balance.missing)
    limits = catalog.current().top_up
    wanted = card or form.card.data
    if view.top_up is None:
        choice = CardChoice.among(
            view.cards, view.charges, wanted, wallet_page.entered_card(current_organization(), wanted)
        )
    else:
        wanted = wanted or preferred(view.top_up, view.cards, view.charges)
        choice = CardChoice.among(view.cards, view.charges, wanted)
    return {
        "balance": view.balance,
        "history": view.history,
        "months": view.months,
        "totals": view.totals,
        "kept": address_of(view.history.filters),
        "selection": describe(view.history.filters),
        "query": as_query(view.history.filters),
        "kinds": filter_labels(),
        "chips": chips(view.history.filters),
        "groups": {group.value: group.label for group in UsageGroup},
        "directions": {value: translated(label) for value, label in DIRECTIONS.items()},
        "card_choice": choice,
        "top_up": view.top_up,
        "form": form,
        "presets": () if view.top_up else presets.gather(view.balance, limits.presets),
        "card_amount": view.top_up.amount if view.top_up else form.amount_so_far,
        "digits": stripe_digits_of(limits.minimum.currency),
        "minimum": limits.minimum,
        "maximum": limits.maximum,
        "daily": view.daily,
        "limits": view.limits,
        "alerts": view.alerts,
        "refusal": limit_reached(view.top_up.refusal) if view.top_up and view.top_up.refusal else None,
        "ptag": tag_of(view.balance.version, view.balance.limits_turn_at),
        "support_email": settings.support_email,
        "stripe": {"publishable_key": settings.stripe_publishable_key, "js_url": settings.stripe_js_url},
    }


def draw(top_up: TopUp, form: CardForm | None = None, *, region: bool) -> str:
    """Render the page at a top-up's step; with `region` only that part, and others that depend on it."""
    view = wallet_page.gather(current_organization(), top_up=top_up)
    values = context(view, card=form.card.data if form else None) | ({"form": form} if form else {})
    if not region:
        return draw_page(values)
    return render_template("wallet/top_up_response.html", **values, **_choices())


def draw_page(values: dict[str, Any]) -> str:
    """The whole page: with the names that its filters offer, the person's views, and the panels beside the top-up."""
    organization, person = current_organization(), current_identity().user
    plan = plans.gather(organization)
    views = saved_views.list_views(organization, person.id)
    with transaction():
        next_credit = expiring.find_next(organization)
    return render_template(
        "wallet/show.html",
        **values,
        **_choices(),
        views=[(view.name, address_of_view(view)) for view in views],
        view_name=_offer_name(values["selection"], views),
        next_credit=next_credit,
        coming_up=coming_up.list_entries(organization, plan, values["balance"]),
    )


def _choices() -> dict[str, Any]:
    """What the history's forms offer to choose from."""
    organization = current_organization()
    return {
        "names": usage_names.gather(organization),
        "months_to_choose": history_months.list_months(organization),
    }


def _offer_name(selection: str, views: list[SavedView]) -> str:
    """What the filters select, as a name to save them under; empty if there is a view of that name."""
    name = selection[: saved_views.LONGEST_NAME].strip()
    return "" if any(view.name == name for view in views) else name


def address_of_view(view: SavedView) -> str:
    """Where the history is filtered as in a saved view."""
    return url_of_page("wallet.show", _anchor="found", **from_query(view.query).to_dict())
