"""`/billing/search`: what was typed and what was found for it, as a page or, for the palette, as its results."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from wtforms import StringField

from app.language import lazy_gettext
from app.pages.search import results
from app.pages.search.typed import LONGEST, read
from app.web.identity import current_organization, org_admin_required
from app.web.parts import wants_region
from app.web.text_guard import TidyForm, keeps_typed

blueprint = Blueprint("search", __name__, url_prefix="/billing/search")


class SearchForm(TidyForm):
    """A GET form: it works without scripts, and its address can be kept."""

    q = StringField(lazy_gettext("Search"))


@blueprint.get("")
@org_admin_required
@keeps_typed(SearchForm)
def show() -> str:
    """The search; nothing is ever done by it."""
    organization = current_organization()
    typed = read(SearchForm(request.args).q.data or "", organization.currency, organization.local_day())
    found = results.gather(organization, typed)
    template = "search/response.html" if wants_region() else "search/show.html"
    return render_template(template, typed=typed, results=found, longest=LONGEST)
