"""Every table: what deletes its old rows, or why they are kept for good."""

from __future__ import annotations

from collections.abc import Mapping

_LEDGER = "the ledger"
_TOTALS = "totals by day, from which statements and pages are made again"
_DOCUMENT = "a document, or what one is made from"
_PAYMENT = "a payment, what became of it, or what was agreed to before it"
_SETTING = "what people or operators have set; replaced or removed by them"
_ONE_EACH = "one row for each organization, or a few"
_PERSON = "who may sign in, and how; removed by people or operators"
_LIBRARY = "of a library, which removes its own"

KEPT: Mapping[str, str] = {
    "account": _LEDGER,
    "alembic_version": _LIBRARY,
    "alert_channel": _SETTING,
    "alert_choice": _SETTING,
    "alert_level": _SETTING,
    "allowance": _TOTALS,
    "api_token": "who may call the API; what is revoked is still named in the audit trail",
    "audit_event": "the audit trail, which nothing may change",
    "authenticator_app": _PERSON,
    "auto_top_up": _ONE_EACH,
    "auto_top_up_attempt": _PAYMENT,
    "auto_top_up_card": _SETTING,
    "auto_top_up_consent": _PAYMENT,
    "billing_details": _DOCUMENT,
    "brake": _ONE_EACH,
    "brake_stop": _PAYMENT,
    "catalog_version": "the rates of past usage, by which corrections are rated",
    "credit_lot": _LEDGER,
    "daily_limit": _SETTING,
    "dispute": _PAYMENT,
    "envelope": "what was set aside for a campaign, which the ledger check adds up",
    "external_identity": _PERSON,
    "finding": "what operators have to look at; removed once it is settled",
    "history_rollup": _TOTALS,
    "hold_allowance": "of calls in progress; removed when their hold ends",
    "invoice": _DOCUMENT,
    "limit_count": "the newest window of each limit; replaced by the next",
    "limit_request": _SETTING,
    "lot_draw": _LEDGER,
    "lot_return": _LEDGER,
    "mail_opt_out": _SETTING,
    "membership": _PERSON,
    "meter_group": "which group a meter's usage was recorded in",
    "opened_destination": _SETTING,
    "operator": _PERSON,
    "operator_event": "the trail of operators, which nothing may change",
    "organization": "whose everything else is",
    "passkey": _PERSON,
    "payment_method": _PAYMENT,
    "phone_code": "one for each phone that isn't confirmed yet",
    "plan_term": "by which plan usage was rated, and corrections of it are",
    "platform_endpoint": _SETTING,
    "procrastinate_periodic_defers": _LIBRARY,
    "procrastinate_workers": _LIBRARY,
    "recovery_code": _PERSON,
    "resource_count": _ONE_EACH,
    "rollup_mark": _ONE_EACH,
    "saved_view": _SETTING,
    "spend_count": _ONE_EACH,
    "spend_forecast": _ONE_EACH,
    "spending_limit": _SETTING,
    "statement_head": _DOCUMENT,
    "subscription": _ONE_EACH,
    "top_up": _PAYMENT,
    "transfer": _LEDGER,
    "usage_by_meter": _TOTALS,
    "usage_by_name": _TOTALS,
    "usage_daily": _TOTALS,
    "usage_rollup": _TOTALS,
    "user": _PERSON,
    "wallet": _ONE_EACH,
    "wallet_line": _LEDGER,
    "wallet_watch": _ONE_EACH,
}
"""Tables whose rows no job removes, and why."""

DELETED: Mapping[str, str] = {
    "alert_delivery": "app.retention.old_rows.delete_old",
    "hold": "app.retention.old_rows.delete_old",
    "invitation": "app.retention.old_rows.delete_old",
    "kept_answer": "app.web.stored_responses.delete_expired",
    "mail": "app.retention.old_rows.delete_old",
    "operator_session": "app.operators.sessions.delete_expired",
    "passkey_challenge": "app.people.factors.challenges.delete_expired",
    "pending_sign_in": "app.people.factors.pending_sign_ins.delete_expired",
    "plan_switch": "app.billing.subscriptions.switch_recovery.delete_unconfirmed",
    "platform_delivery": "app.retention.old_rows.delete_old",
    "platform_message": "app.retention.old_rows.delete_old",
    "procrastinate_events": "app.work.job_status.delete_old",
    "procrastinate_jobs": "app.work.job_status.delete_old",
    "provider_visit": "app.people.external.visits.delete_expired",
    "rate_limit_counter": "app.web.rate_limits.delete_expired",
    "reconciliation_run": "app.reconciliation.runs.delete_old",
    "rejected_event": "app.billing.usage.rejections.remove_old",
    "sign_in_session": "app.people.sessions.delete_expired",
    "spend_hour": "app.billing.hours.counting.delete_old",
    "stripe_event": "app.stripe_events.review.delete_old",
    "usage_event": "app.billing.usage.retention.maintain_partitions",
    "usage_digest": "app.billing.usage.retention.maintain_partitions",
    "usage_key": "app.billing.usage.retention.maintain_partitions",
    "used_token": "app.people.used_tokens.delete_expired",
}
"""Tables whose old rows a job of the night removes, and the function that does."""
