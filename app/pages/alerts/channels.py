"""Adding channels, switching them on again, and removing them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.billing.alerts import channels, views
from app.billing.alerts.channels import ChannelError, UnknownChannelError
from app.extensions import limiter
from app.language import gettext
from app.models import AlertChannel, ChannelKind, Organization
from app.pages.actor import current_actor
from app.pages.alerts import phones
from app.pages.alerts.forms import ChannelForm
from app.pages.alerts.routes import blueprint
from app.pages.alerts.wording import kind_label
from app.transaction import end_reading, transaction
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import Field, resendable
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed


@blueprint.get("/channels/new")
@org_admin_required
def new_channel() -> Response:
    """The form for a channel of a kind."""
    form = ChannelForm(None, kind=request.args.get("kind", ChannelKind.EMAIL.value))
    return _draw(form)


def summarize_channel(organization: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The channel that would be added."""
    kind = typed.get("kind", "")
    yield Field(
        "kind", kind, gettext("Kind"), kind_label(ChannelKind(kind)) if kind in set(ChannelKind) else ""
    )
    people = {str(one.id): f"{one.name}, {one.email}" for one in views.gather(organization).people}
    if typed.get("person") in people:
        yield Field("person", typed["person"], gettext("Person"), people[typed["person"]])
    labels = {"number": gettext("Phone number"), "name": gettext("Name"), "address": gettext("Address")}
    for name, label in labels.items():
        if value := typed.get(name, "").strip():
            yield Field(name, value, label, value)


@blueprint.post("/channels")
@org_admin_required
@confirmation_required(Change.ALERTS)
@resendable(summarize_channel)
@limiter.limit(OFTEN)
@keeps_typed(ChannelForm)
def add_channel() -> Response:
    """Add a channel. A webhook's secret is in the answer, and shown nowhere else."""
    form = ChannelForm()
    if not form.validate():
        return _draw(form, status=422)
    try:
        channel = _add(_kind(form), form)
    except ChannelError as error:
        form[error.field].errors = [str(error)]
        return _draw(form, status=422)
    if channel.waits_for_code:
        return phones.ask_for_code(channel)
    if channel.secrets:
        return _show_secret(channel)
    flash(gettext("The channel was added. Choose which alerts it gets, and send a test."))
    return redirect(url_for("alerts.show", _anchor=f"gets-{channel.id}"), 303)


@blueprint.post("/channels/<uuid:channel_id>/secret")
@org_admin_required
@confirmation_required(Change.ALERTS)
@limiter.limit(OFTEN)
def change_secret(channel_id: UUID) -> Response:
    """Give a webhook a new secret, which is in the answer."""
    with transaction():
        channel = channels.rotate(current_organization(), channel_id, current_actor())
    return _show_secret(channel)


@blueprint.get("/channels/<uuid:channel_id>/removal")
@org_admin_required
def confirm_removal(channel_id: UUID) -> str:
    """Ask whether to remove a channel."""
    return render_template("alerts/remove.html", channel=_view(channel_id))


@blueprint.post("/channels/<uuid:channel_id>/removal")
@org_admin_required
@confirmation_required(Change.ALERTS)
@limiter.limit(OFTEN)
def remove_channel(channel_id: UUID) -> Response:
    """Remove a channel."""
    with transaction():
        name = channels.remove(current_organization(), channel_id, current_actor())
    flash(gettext("Alerts no longer reach %(name)s. All owners were notified by email.", name=name))
    return redirect(url_for("alerts.show", _anchor="channels"), 303)


@blueprint.post("/channels/<uuid:channel_id>/on")
@org_admin_required
@confirmation_required(Change.ALERTS)
@limiter.limit(OFTEN)
def switch_on(channel_id: UUID) -> Response:
    """Send to a channel again."""
    with transaction():
        name = channels.switch_on(current_organization(), channel_id, current_actor())
    flash(gettext("Alerts reach %(name)s again. Send a test to make sure they arrive.", name=name))
    return redirect(url_for("alerts.show", _anchor=f"channel-{channel_id}"), 303)


@blueprint.errorhandler(UnknownChannelError)
def _unknown(_: UnknownChannelError) -> Response:
    """It was removed or confirmed in another tab: the page shows what is there now."""
    flash(gettext("This channel was changed or removed in the meantime."))
    return redirect(url_for("alerts.show", _anchor="channels"), 303)


def _add(kind: ChannelKind, form: ChannelForm) -> AlertChannel:
    organization, actor = current_organization(), current_actor()
    if kind.is_personal:
        try:
            person = UUID(form.person.data or "")
        except ValueError:
            raise ChannelError("person", gettext("Choose a person.")) from None
        with transaction():
            return channels.add_for_person(organization, kind, person, actor, number=form.number.data or "")
    address = form.address.data or ""
    # A name server may be slow: nothing is locked or read meanwhile.
    end_reading()
    channels.check_address(address)
    with transaction():
        return channels.add_webhook(organization, kind, form.name.data or "", address, actor)


def _kind(form: ChannelForm) -> ChannelKind:
    """The kind that the form is for; 404 for one that can't be added."""
    found = next((one for one in ChannelKind if one.value == form.kind.data), ChannelKind.RECIPIENTS)
    if found is ChannelKind.RECIPIENTS:
        abort(404)
    return found


def _view(channel_id: UUID) -> views.ChannelView:
    for one in views.gather(current_organization()).channels:
        if one.id == channel_id and one.kind is not ChannelKind.RECIPIENTS:
            return one
    raise UnknownChannelError(str(channel_id))


def _show_secret(channel: AlertChannel) -> Response:
    return make_response(render_template("alerts/secret.html", channel=channel, secret=channel.secrets[0]))


def _person(one: views.PersonView) -> str:
    if one.is_owner:
        return f"{one.name}, {one.email}"
    return gettext("%(name)s, %(email)s (no amounts)", name=one.name, email=one.email)


def _draw(form: ChannelForm, *, status: int = 200) -> Response:
    kind, page = _kind(form), views.gather(current_organization())
    if kind is ChannelKind.SMS and not page.has_sms:
        abort(404)
    form.person.choices = [("", gettext("Choose a person"))] + [
        (str(one.id), _person(one)) for one in page.people
    ]
    context = {"form": form, "kind": kind}
    return make_response(render_template("alerts/new.html", **context), status)
