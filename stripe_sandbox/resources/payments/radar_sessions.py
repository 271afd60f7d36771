"""Browser signals of a payment for Radar (https://docs.stripe.com/radar/radar-session).

They go with a request that attempts a charge, so with one that confirms, and are found on its charge. Nothing is made
of them here. How long a session lasts, and how an unknown one is refused, is unverified.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.errors import invalid


def check(params: dict[str, Any], *, confirms: bool = False) -> None:
    """Raise 400 for a session that can't be one, or in a request that charges nothing."""
    if "radar_options" not in params:
        return
    if not (confirms or params.get("confirm")):
        raise invalid("You can only set radar_options when confirming.", param="radar_options")
    session = params["radar_options"].get("session", "")
    if not session.startswith("rse_"):
        raise invalid(
            f"No such radar session: '{session}'", code="resource_missing", param="radar_options[session]"
        )


def on_charge(params: dict[str, Any]) -> dict[str, Any]:
    """What a charge shows of the session that its request named."""
    session = params.get("radar_options", {}).get("session")
    return {"radar_options": {"session": session}} if session else {}
