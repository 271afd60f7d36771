"""How levels and channels are called on pages."""

from __future__ import annotations

from app.billing.alerts.levels import DIGEST, RECOVERED, Level
from app.models import AlertLevelKind, ChannelKind
from app.web.formatting import money

KINDS = {
    ChannelKind.RECIPIENTS: "Billing email recipients",
    ChannelKind.EMAIL: "Email",
    ChannelKind.SMS: "Text messages",
    ChannelKind.SLACK: "Slack",
    ChannelKind.TEAMS: "Teams",
    ChannelKind.WEBHOOK: "Webhook",
}


def level_label(level: Level) -> str:
    """A level in a few words."""
    if level.kind is AlertLevelKind.PAUSED:
        return "Calling is paused"
    if level.kind is AlertLevelKind.FORECAST:
        return f"Credit may run out within {hours_label(level.hours or 0)}"
    if level.amount is None:
        return "Low balance (off)"
    return (
        f"Low balance: under {money(level.amount)}"
        if level.kind is AlertLevelKind.LOW
        else f"Under {money(level.amount)}"
    )


def hours_label(hours: int) -> str:
    """`4 hours`, `3 days`."""
    return f"{hours // 24} days" if hours > 24 else f"{hours} hours"


def about_labels(levels: list[Level]) -> dict[str, str]:
    """All that a channel can be told about, by its key, in the order of the page."""
    labels = {level.key: level_label(level) for level in levels}
    return labels | {RECOVERED: "Credit has recovered", DIGEST: "Weekly digest, on Mondays"}
