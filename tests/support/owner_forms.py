"""Every form that owners send, filled in so that it is accepted, by the endpoint that takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from app.billing.activity import saved_views
from app.billing.alerts import phones
from app.billing.brake import answering
from app.billing.limit_settings import destinations, requests
from app.billing.wallet import envelopes
from app.clock import utc_now
from app.extensions import db
from app.models import BrakeAnswer, ChannelKind, Hold
from tests.factories import OWNER, a_payer, a_person, usd
from tests.support.alerting import (
    a_chat,
    a_member,
    a_waiting_phone,
    actor_of,
    recipients_channel,
)
from tests.support.auto_top_ups import switch_on
from tests.support.braking import stop, the_stop
from tests.support.browsing import seen_on
from tests.support.factors import an_app
from tests.support.limits import a_limit, page_of
from tests.support.overdue import an_overdue
from tests.support.owner_payments import PAYMENTS
from tests.support.owner_stage import (
    ALERTS,
    ASIDE,
    LIMITS,
    SECURITY,
    WALLET,
    Filled,
    Stage,
)


def _phone(stage: Stage, path: str, **fields: str) -> Filled:
    organization = stage.enter()
    by, phone = actor_of(stage.user), a_waiting_phone(organization)
    if "code" in fields:
        fields["code"] = phones.issue(organization, phone.id, by)
        db.session.commit()
    return f"{ALERTS}/phones/{phone.id}/{path}", fields


def _chat(stage: Stage, path: str) -> Filled:
    chat = a_chat(stage.enter(), kind=ChannelKind.WEBHOOK)
    if path == "on":
        chat.off_at = utc_now()
        db.session.commit()
    return f"{ALERTS}/channels/{chat.id}/{path}", {}


def _levels(stage: Stage) -> Filled:
    stage.enter()
    return f"{ALERTS}/levels", {"low": "80", **seen_on(stage.read(ALERTS))}


def _choices(stage: Stage) -> Filled:
    channel = recipients_channel(stage.enter())
    told = [f"{channel.id} {one}" for one in ("low", "paused")]
    return f"{ALERTS}/choices", {"channel": [str(channel.id)], "tell": told[:1], "told": told}


def _channel(stage: Stage) -> Filled:
    return f"{ALERTS}/channels", {"kind": "email", "person": str(a_member(stage.enter()).id)}


def _agree(stage: Stage) -> Filled:
    organization, card = a_payer(credit="200")
    stage.enter(organization)
    sums = {"threshold": "20", "target": "100", "cap": "400"}
    return f"{WALLET}/auto-top-up", {**sums, "card": str(card.id), "agreed": "yes", "version": "0"}


def _turn_off(stage: Stage) -> Filled:
    organization, card = a_payer(credit="200")
    switch_on(stage.enter(organization), card)
    return f"{WALLET}/auto-top-up/off", {}


def _brake(stage: Stage) -> Filled:
    organization = stage.enter()
    stop(organization)
    return f"{WALLET}/auto-top-up/brake", {"answer": "once", "stop": str(the_stop(organization).id)}


def _ask_again(stage: Stage) -> Filled:
    path, fields = _brake(stage)
    assert stage.organization is not None
    answering.answer(stage.organization, UUID(fields["stop"]), BrakeAnswer.FOR_GOOD, OWNER)
    return f"{path}/ask-again", {}


def _new_limit(stage: Stage) -> Filled:
    stage.enter()
    of = {"applies_to": "campaign", "name": "Spring recall"}
    return LIMITS, {**of, "window": "day", "amount": "30", "kind": "stops"}


def _limit(stage: Stage, path: str = "", **fields: str) -> Filled:
    return f"{page_of(a_limit(stage.enter()))}{path}", fields


def _request(stage: Stage, path: str) -> Filled:
    organization = stage.enter()
    limit_id = a_limit(organization).limit_id
    assert limit_id is not None
    asked = requests.ask(organization, limit_id, usd("20"), OWNER)
    db.session.commit()
    return f"{LIMITS}/requests/{asked.id}/{path}", {"wanted": asked.as_text}


def _opened(stage: Stage) -> Filled:
    destinations.open_destination(stage.enter(), "SO", OWNER)
    db.session.commit()
    return f"{LIMITS}/destinations/SO/closing", {}


def _to(path: str, **fields: str) -> Callable[[Stage], Filled]:
    def fill_in(stage: Stage) -> Filled:
        stage.enter()
        return path, {**fields, **seen_on(stage.read(path if path.endswith("daily-limit") else ASIDE))}

    return fill_in


def _envelope(stage: Stage, path: str | None = None) -> Filled:
    organization = stage.enter()
    until = organization.local_day() + timedelta(days=4)
    fields = {"amount": "90", "until": until.isoformat()}
    if path is None:
        return f"{ASIDE}/envelopes", {"campaign": "Spring recall", **fields}
    made = envelopes.set_aside(organization, "Spring recall", usd("120"), until, OWNER)
    db.session.commit()
    page = f"{ASIDE}/envelopes/{made.id}"
    return f"{page}{path}", {**fields, **seen_on(stage.read(page))}


def _call(stage: Stage, path: str) -> Filled:
    stage.enter(an_overdue("call-1"))
    hold = db.session.scalars(db.select(Hold)).one()
    return f"{WALLET}/calls-in-progress/{hold.id}/{path}", {}


def _factor(stage: Stage, path: str = "second-factor") -> Filled:
    organization = stage.enter()
    helped = a_person(organization=organization)
    an_app(helped)
    db.session.commit()
    return f"{SECURITY}/people/{helped.id}/{path}", {}


def _view(stage: Stage, path: str = "") -> Filled:
    view = saved_views.save(stage.enter(), stage.user.id, "Recall", "kind=usage")
    db.session.commit()
    return f"{WALLET}/views/{view.id}/{path}", {"name": "Patients"}


FORMS: dict[str, Callable[[Stage], Filled]] = PAYMENTS | {
    "alerts.add_channel": _channel,
    "alerts.change_number": lambda stage: _phone(stage, "number", number="+1 617 555 0199"),
    "alerts.change_secret": lambda stage: _chat(stage, "secret"),
    "alerts.confirm_phone": lambda stage: _phone(stage, "code", code=""),
    "alerts.remove_channel": lambda stage: _chat(stage, "removal"),
    "alerts.save_choices": _choices,
    "alerts.save_levels": _levels,
    "alerts.send_code": lambda stage: _phone(stage, "codes"),
    "alerts.send_test": lambda stage: _chat(stage, "tests"),
    "alerts.switch_on": lambda stage: _chat(stage, "on"),
    "auto_top_up.agree": _agree,
    "auto_top_up.turn_off": _turn_off,
    "billing_details.save": _to("/billing/details", legal_name="Harbor Dental Ltd", version="0"),
    "brake.answer": _brake,
    "brake.ask_again": _ask_again,
    "limits.add": _new_limit,
    "limits.approve": lambda stage: _request(stage, "approval"),
    "limits.ask_more": lambda stage: _limit(stage, "/more", amount="20"),
    "limits.change": lambda stage: _limit(stage, amount="5", kind="tells", seen="1"),
    "limits.close_destination": _opened,
    "limits.open_destination": _to(f"{LIMITS}/destinations", destination="SO"),
    "limits.refuse": lambda stage: _request(stage, "refusal"),
    "limits.remove": lambda stage: _limit(stage, "/removal"),
    "security.choose_confirmations": _to(f"{SECURITY}/confirmations", always="yes"),
    "security.require_factor": _to(f"{SECURITY}/second-factor", required="no"),
    "security.reset_factor": _factor,
    "set_aside.add": _envelope,
    "set_aside.change": lambda stage: _envelope(stage, ""),
    "set_aside.choose_reserve": _to(f"{ASIDE}/reserve", kind="amount", floor="8"),
    "set_aside.end": lambda stage: _envelope(stage, "/end"),
    "wallet.change_daily_limit": _to(f"{WALLET}/daily-limit", limit="80"),
    "wallet.confirm_call": lambda stage: _call(stage, "confirmation"),
    "wallet.end_call": lambda stage: _call(stage, "end"),
    "wallet.remove_view": lambda stage: _view(stage, "removal"),
    "wallet.rename_view": lambda stage: _view(stage, "name"),
    "wallet.save_view": _to(f"{WALLET}/views", name="Recall", query="kind=usage"),
}
