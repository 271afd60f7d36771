"""What `make run` says when everything answers."""

from __future__ import annotations

from dev.demo import Plan
from dev.people import OWNER, PASSWORD


def welcome(plan: Plan) -> str:
    """Where the pages are, who can sign in, and how to end it."""
    lines = [
        "",
        f"  Billing & wallet   {plan.address}/billing",
        f"  Sign in            {OWNER} / {PASSWORD}",
    ]
    if plan.sandbox_address:
        lines.append(f"  Stand-in for Stripe {plan.sandbox_address}")
    lines += ["", "  Ctrl-C ends all of it.", ""]
    return "\n".join(lines)
