"""How levels and channels are called on pages."""

from __future__ import annotations

from app.billing.alerts.levels import DIGEST, RECOVERED, Level
from app.language import gettext, marked, ngettext, translated
from app.models import AlertLevelKind, ChannelKind
from app.web.formatting import money

_KINDS = {
    ChannelKind.RECIPIENTS: marked("Billing email recipients"),
    ChannelKind.EMAIL: marked("Email"),
    ChannelKind.SMS: marked("Text messages"),
    ChannelKind.SLACK: marked("Slack"),
    ChannelKind.TEAMS: marked("Teams"),
    ChannelKind.WEBHOOK: marked("Webhook"),
}


def kind_label(kind: ChannelKind) -> str:
    """How a channel reaches people, in a word or two."""
    return translated(_KINDS[kind])


def level_label(level: Level) -> str:
    """A level in a few words."""
    if level.kind is AlertLevelKind.PAUSED:
        return gettext("Calling is paused")
    if level.kind is AlertLevelKind.FORECAST:
        return gettext("Credit may run out within %(time)s", time=hours_label(level.hours or 0))
    if level.amount is None:
        return gettext("Low balance (off)")
    if level.kind is AlertLevelKind.LOW:
        return gettext("Low balance: under %(amount)s", amount=money(level.amount))
    return gettext("Under %(amount)s", amount=money(level.amount))


def hours_label(hours: int) -> str:
    """`4 hours`, `3 days`."""
    if hours > 24:
        return ngettext("%(num)s day", "%(num)s days", hours // 24)
    return ngettext("%(num)s hour", "%(num)s hours", hours)


def about_labels(levels: list[Level]) -> dict[str, str]:
    """All that a channel can be told about, by its key, in the order of the page."""
    labels = {level.key: level_label(level) for level in levels}
    return labels | {RECOVERED: gettext("Credit has recovered"), DIGEST: gettext("Weekly digest, on Mondays")}
