"""Saving what the history is filtered by under a name; renaming and removing it."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from app.billing.activity import saved_views
from app.billing.activity.saved_views import ViewRefusedError
from app.language import gettext, lazy_gettext
from app.models import SavedView
from app.pages.wallet.history_query import as_query, from_query, read_filters
from app.pages.wallet.routes import address_of_view, blueprint
from app.transaction import transaction
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.text_guard import TidyForm, keeps_typed


class ViewForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """The name of a view."""

    name = StringField(lazy_gettext("Name of this view"))


@blueprint.get("/views")
@org_admin_required
def show_views() -> str:
    """One's own saved views."""
    views = saved_views.list_views(current_organization(), current_identity().user.id)
    return render_template("wallet/views.html", views=views, address_of=address_of_view)


@blueprint.post("/views")
@org_admin_required
@keeps_typed(ViewForm)
def save_view() -> Response | tuple[str, int]:
    """Save the filters of the form's `query` under a name."""
    form, filters = ViewForm(), read_filters(from_query(request.form.get("query", "")))
    if not form.validate():
        return _draw_new(form, as_query(filters)), 422
    try:
        with transaction():
            view = saved_views.save(
                current_organization(), current_identity().user.id, form.name.data or "", as_query(filters)
            )
    except ViewRefusedError as error:
        form.name.errors = [str(error)]
        return _draw_new(form, as_query(filters)), 422
    flash(gettext('The view "%(name)s" was saved.', name=view.name))
    return redirect(address_of_view(view), 303)


@blueprint.route("/views/<uuid:view_id>/name", methods=["GET", "POST"])
@org_admin_required
@keeps_typed(ViewForm)
def rename_view(view_id: UUID) -> str | Response | tuple[str, int]:
    """Rename one's own view."""
    view, form = _own(view_id), ViewForm()
    if request.method != "POST":
        form.name.data = view.name
        return render_template("wallet/view_name.html", form=form, view=view)
    try:
        if not form.validate():
            return render_template("wallet/view_name.html", form=form, view=view), 422
        with transaction():
            saved_views.rename(current_organization(), view, form.name.data or "")
    except ViewRefusedError as error:
        form.name.errors = [str(error)]
        return render_template("wallet/view_name.html", form=form, view=_own(view_id)), 422
    flash(gettext('The view is now named "%(name)s".', name=view.name))
    return redirect(url_for("wallet.show_views"), 303)


@blueprint.post("/views/<uuid:view_id>/removal")
@org_admin_required
def remove_view(view_id: UUID) -> Response:
    """Remove one's own view. The history stays as it is."""
    view = _own(view_id)
    name = view.name
    with transaction():
        saved_views.remove(view)
    flash(gettext('The view "%(name)s" was removed.', name=name))
    return redirect(url_for("wallet.show_views"), 303)


def _own(view_id: UUID) -> SavedView:
    found = saved_views.find(current_organization(), current_identity().user.id, view_id)
    return found if found is not None else abort(404)


def _draw_new(form: ViewForm, query: str) -> str:
    return render_template("wallet/new_view.html", form=form, query=query)
