"""How the dashboard's pages are drawn: all within one frame, under the stand-in's strict policy."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from stripe_sandbox.browser.pages import page
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.sections import BY_KIND, SECTIONS

SAID = {
    "refunded": "The refund was made.",
    "disputed": "The dispute was opened.",
    "decided": "The dispute was decided.",
    "settled": "The refund was settled.",
    "updated": "The card was updated, as its network would.",
    "detached": "The card was detached.",
    "ordered": "The fault was ordered.",
    "cleared": "No fault is ordered any more.",
    "mode": "Webhooks are now sent in the mode that you chose.",
    "flushed": "What waited was tried once.",
    "scheduled": "What was to happen later has happened.",
}
"""What a page says after a form of its own was carried out."""


def shown(template: str, *, status: int = 200, **content: Any) -> Response:
    """A page of the dashboard."""
    answer = page(
        f"dashboard/{template}",
        sections=SECTIONS,
        said=SAID.get(request.args.get("said", ""), ""),
        mode=sandbox().delivery.mode,
        faults=sandbox().faults.waiting(),
        **content,
    )
    answer.status_code = status
    # Forms are checked for where they come from, which "no-referrer" would hide.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def done(said: str, endpoint: str, **values: Any) -> AnyResponse:
    """Lead back to a page, which says what was done."""
    return redirect(url_for(endpoint, said=said, **values), 303)


@blueprint.app_template_filter("dashboard_json")
def as_json(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


@blueprint.app_template_global("dashboard_link")
def link(id_: Any, kind: str = "") -> str:
    """The address of the page of an object, empty where it has none."""
    known = kind or _kind_of(str(id_))
    section = BY_KIND.get(known)
    return url_for("dashboard.show_object", slug=section.slug, id_=id_) if section and id_ else ""


_PREFIXES = {
    "pi": "payment_intent",
    "ch": "charge",
    "cus": "customer",
    "pm": "payment_method",
    "seti": "setup_intent",
    "re": "refund",
    "du": "dispute",
    "issfr": "radar.early_fraud_warning",
    "txn": "balance_transaction",
    "in": "invoice",
    "sub": "subscription",
    "clock": "test_helpers.test_clock",
    "evt": "event",
    "we": "webhook_endpoint",
}


def _kind_of(id_: str) -> str:
    if id_.startswith("sub_sched_"):
        return "subscription_schedule"
    return _PREFIXES.get(id_.partition("_")[0], "")
