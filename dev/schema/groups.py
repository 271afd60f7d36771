"""Which tables are drawn together, and the sentence above each drawing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Tables that are read together."""

    title: str
    about: str
    tables: tuple[str, ...]


GROUPS = (
    Group(
        "Wallet",
        "`wallet` has one row for each organization, and is the lock for everything that moves its credit. "
        "Each `transfer` debits one `account` and credits another; `wallet_line` is a line of the history.",
        (
            "wallet",
            "account",
            "transfer",
            "wallet_line",
            "hold",
            "hold_allowance",
            "envelope",
            "wallet_watch",
        ),
    ),
    Group(
        "Credit in lots",
        "What credit came in together, what is left of it, and which transfers of usage it paid for. Drawn from the "
        "ledger when someone looks, never while usage is recorded.",
        ("credit_lot", "lot_draw", "lot_return"),
    ),
    Group(
        "Top-ups and cards",
        "What Stripe charges cards for, and what banks claw back.",
        ("top_up", "daily_limit", "payment_method", "dispute", "brake", "brake_stop"),
    ),
    Group(
        "Limits",
        "`limit_count` is what has been spent in the window of a `spending_limit`, kept for those only. "
        "`hold.destination` is a key of the catalog.",
        ("spending_limit", "limit_count", "limit_request", "opened_destination"),
    ),
    Group(
        "Auto top-up",
        "What owners have set and agreed to, and what was charged without them. Each `auto_top_up_attempt` is one "
        "card charged for a `top_up`.",
        ("auto_top_up", "auto_top_up_card", "auto_top_up_consent", "auto_top_up_attempt"),
    ),
    Group(
        "Plans",
        "Versions of the catalog, which of them an organization is on, and what Stripe says of its subscription.",
        (
            "catalog_version",
            "meter_group",
            "plan_term",
            "subscription",
            "plan_switch",
            "invoice",
            "statement_head",
        ),
    ),
    Group(
        "Usage",
        "`usage_digest` is what an event is deduplicated by (`usage_key` by the version before). Pages "
        "read daily totals, never single events: `usage_daily`, and what a trigger adds up from it by one "
        "dimension, `usage_by_meter` and `usage_by_name`. "
        "`spend_hour` is counted from transfers, up to the one that `spend_count` names; filters "
        "and comparisons read what `rollup_mark` says is added up.",
        (
            "usage_digest",
            "usage_key",
            "usage_event",
            "usage_daily",
            "usage_by_meter",
            "usage_by_name",
            "allowance",
            "rejected_event",
            "spend_hour",
            "spend_count",
            "spend_forecast",
            "usage_rollup",
            "history_rollup",
            "rollup_mark",
        ),
    ),
    Group(
        "Organizations",
        "Whom everything belongs to, what is written on its documents, and the audit trail.",
        ("organization", "billing_details", "resource_count", "audit_event"),
    ),
    Group(
        "People and tokens",
        "Who signs in where, and what tokens of the API may do.",
        ("user", "membership", "invitation", "sign_in_session", "api_token", "saved_view"),
    ),
    Group(
        "Second factors",
        "What a person proves beside the password. `pending_sign_in` is a browser that still has to.",
        ("passkey", "passkey_challenge", "authenticator_app", "recovery_code", "pending_sign_in"),
    ),
    Group(
        "Identity providers",
        "Who people are at an identity provider, and browsers that were sent there.",
        ("external_identity", "provider_visit", "used_token"),
    ),
    Group(
        "Operators",
        "Who runs the service, their sessions in the console, and all that they did, in whatever organization.",
        ("operator", "operator_session", "operator_event"),
    ),
    Group(
        "Messages",
        "Emails to people and signed messages to the platform, written in the transaction of what they are about.",
        ("mail", "mail_opt_out", "platform_endpoint", "platform_message", "platform_delivery"),
    ),
    Group(
        "Alerts",
        "Who gets alerts when credit reaches a level, and what leaves for chat, SMS and webhooks.",
        ("alert_channel", "phone_code", "alert_level", "alert_choice", "alert_delivery"),
    ),
    Group(
        "Stripe",
        "Events as they arrived, and what comparing with Stripe has found.",
        ("stripe_event", "reconciliation_run", "finding"),
    ),
    Group(
        "Requests",
        "Answers that are stored for an idempotency key, and how often a caller has asked.",
        ("kept_answer", "rate_limit_counter"),
    ),
)

LEFT_OUT = ("alembic_version", "procrastinate_")
"""Tables of libraries, by how their names begin."""
