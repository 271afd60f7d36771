"""What `make run` says when everything answers."""

from __future__ import annotations

from dev.demo import Plan
from dev.people import OPERATOR, PASSWORD, PEOPLE


def welcome(plan: Plan) -> str:
    """Where the pages are, who can sign in, and how to end it."""
    width = max(map(len, PEOPLE))
    sandbox = [f"  Stand-in for Stripe  {plan.sandbox_address}"] if plan.sandbox_address else []
    shell = [f"  In a Voice Portal    {plan.shell_address}"] if plan.shell_address else []
    lines = [
        f"  Billing & wallet     {plan.address}/billing",
        f"  Mails it would send  {plan.address}/dev/mail",
        *sandbox,
        *shell,
        "",
        f"  Sign in with the password {PASSWORD} as",
        *(f"    {email:<{width}}  {who}" for email, who in PEOPLE.items()),
        "",
        f"  Operators' console   {plan.address}/operator",
        f"    {OPERATOR}, the same password, and the code that .venv/bin/flask demo operator-code shows",
        "",
        "  Harbor's agents call meanwhile: see its wallet go down. `.venv/bin/flask simulate --help` plays more.",
        "  Ctrl-C ends all of it.",
    ]
    rule = "─" * max(map(len, lines))
    return "\n".join(["", rule, *lines, rule, ""])
