"""Disputes and inquiries, and how a merchant answers them (https://docs.stripe.com/disputes/responding)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, unexpected_state
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.payments import disputing

_PATH = "/v1/disputes"
_OUTCOMES = {"won", "lost", "warning_closed", "escalated"}


@handles("GET", _PATH + "/{dispute}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "dispute", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "dispute", _PATH, "charge", "payment_intent")


@handles("POST", _PATH + "/{dispute}")
def update(call: Call) -> dict[str, Any]:
    """Give evidence; it goes to the bank unless `submit` is false. Test evidence is decided immediately."""
    body = find(call, "dispute", call.path_ids[0])
    evidence = call.params.get("evidence") or {}
    submits = (bool(evidence) and call.params.get("submit", True)) or call.params.get("submit") is True
    if (evidence or submits) and body["status"] in disputing.CLOSED:
        raise invalid("This dispute is already closed, so you can't submit evidence any more.")
    assign(body, call.params, "metadata")
    body["evidence"].update({name: value or None for name, value in evidence.items()})
    if evidence:
        body["evidence_details"]["has_evidence"] = True
    if submits:
        _submit(body)
    call.emit("charge.dispute.updated", call.store.save(body))
    return _decide_on_test_evidence(call, body) if submits else body


@handles("POST", _PATH + "/{dispute}/close")
def close(call: Call) -> dict[str, Any]:
    """Accept that a dispute is lost."""
    body = find(call, "dispute", call.path_ids[0])
    if disputing.is_inquiry(body) or body["status"] in disputing.CLOSED:
        raise unexpected_state("dispute", body, "close")
    return disputing.close(call, body, "lost")


def decide(call: Call, dispute_id: str, outcome: str) -> dict[str, Any]:
    """The bank's decision; `escalated` makes a dispute of an inquiry."""
    body = find(call, "dispute", dispute_id)
    if outcome not in _OUTCOMES:
        raise invalid(f"outcome is one of {', '.join(sorted(_OUTCOMES))}.", param="outcome")
    if outcome == "escalated":
        return disputing.escalate(call, body)
    return disputing.close(call, body, outcome)


def _submit(body: dict[str, Any]) -> None:
    body["status"] = "warning_under_review" if disputing.is_inquiry(body) else "under_review"
    details = body["evidence_details"]
    details.update(submission_count=details["submission_count"] + 1, submission_method="manual")


def _decide_on_test_evidence(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Words that banks of the test mode decide upon (https://docs.stripe.com/testing#evidence)."""
    inquiry = disputing.is_inquiry(body)
    match body["evidence"]["uncategorized_text"]:
        case "winning_evidence":
            return disputing.close(call, body, "warning_closed" if inquiry else "won")
        case "losing_evidence" if not inquiry:
            return disputing.close(call, body, "lost")
        case "escalate_inquiry_evidence" if inquiry:
            return disputing.escalate(call, body)
    return body
