"""Messages in the forms of Slack and Teams, for their incoming webhooks.

Slack: a text for notifications and blocks, https://docs.slack.dev/reference/block-kit/blocks. Its three control
characters are escaped everywhere (https://docs.slack.dev/messaging/formatting-message-text), and what isn't ours is
plain text, so that a name can't mention a whole channel. In the text for notifications `mrkdwn` leaves stars and
underscores of a name alone, and nothing is fetched to preview where a link leads (`unfurl_links`,
https://docs.slack.dev/messaging/unfurling-links-in-messages; for webhooks `mrkdwn` is unverified). Where to go on is
a link and no button: a button that leads to an address still asks for an answer that a webhook has no place for, and
shows a warning without one (https://github.com/slackapi/slack-github-action/issues/513).

Teams: one Adaptive Card, as a workflow for webhook requests posts it
(https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using). Text
blocks and facts are Markdown there (https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format),
and text runs are not (https://adaptivecards.io/explorer/TextRun.html): a name in one can't make a link.
"""

from __future__ import annotations

import json
from typing import Any

from app.notify.notes import Note

_HEADING, _TEXT, _ROWS = 150, 3000, 10
"""Slack's limits: characters of a header and of a text, and fields of a section."""

_CARD_VERSION = "1.4"


def slack(note: Note) -> str:
    """A message for an incoming webhook of Slack's, as JSON."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(note.heading or note.subject, _HEADING)}
    ]
    blocks += [{"type": "section", "text": _plain(one, _TEXT)} for one in note.paragraphs]
    if note.rows:
        fields = [_plain(f"{label}\n{value}", 2000) for label, value in note.rows[:_ROWS]]
        blocks.append({"type": "section", "fields": fields})
    for words, address in note.links:
        link = f"<{_escaped(address)}|{_escaped(words)}>"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}})
    plain = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    return json.dumps({"text": _escaped(note.subject), "blocks": blocks} | plain)


def teams(note: Note) -> str:
    """A message with one Adaptive Card for a workflow of Teams', as JSON."""
    body = [_runs((note.heading or note.subject, {"size": "large", "weight": "bolder"}))]
    body += [_runs((one, {})) for one in note.paragraphs]
    body += [
        _runs((f"{label}: ", {"isSubtle": True}), (value, {"weight": "bolder"})) for label, value in note.rows
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": _CARD_VERSION,
        "fallbackText": note.subject,
        "body": body,
        "actions": [
            {"type": "Action.OpenUrl", "title": words, "url": address} for words, address in note.links
        ],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return json.dumps({"type": "message", "attachments": [attachment]})


def _plain(words: str, most: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _escaped(_cut(words, most)), "emoji": False}


def _cut(words: str, most: int) -> str:
    """So short that it still is when it is escaped, which never ends within an escaped character."""
    while len(_escaped(words)) > most:
        words = words[: len(words) - max(1, (len(_escaped(words)) - most) // 5) - 1].rstrip() + "…"
    return words


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _runs(*texts: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    runs = [{"type": "TextRun", "text": words} | style for words, style in texts]
    return {"type": "RichTextBlock", "inlines": runs}
