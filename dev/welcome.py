"""What `make run` says when everything answers."""

from __future__ import annotations

from dev.demo import Plan

PASSWORD = "voice-portal-demo"  # noqa: S105 - everybody's, printed on purpose


def welcome(plan: Plan) -> str:
    """Where the pages are, who can sign in, and how to end it."""
    lines = [
        "",
        f"  Billing & wallet   {plan.address}/billing",
        f"  Sign in            owner@harbor.example / {PASSWORD}",
    ]
    if plan.sandbox_address:
        lines.append(f"  Stand-in for Stripe {plan.sandbox_address}")
    lines += ["", "  Ctrl-C ends all of it.", ""]
    return "\n".join(lines)
