"""Messages in the forms of Slack and Teams, in which a name stays a name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.notify import chat
from app.notify.emails import Email
from app.notify.notes import Note, compose_note
from tests.notify.emails.samples import EMAILS, NAMES, READERS, kind_of
from tests.notify.test_hostile_words import hostile
from tests.notify.test_notes import ALERT

HOSTILE = replace(
    READERS, organization="<!channel> & *Ops* [pay](https://evil.example) <https://evil.example|here>"
)


def texts(found: Any) -> list[dict[str, Any]]:
    """Every object with a text in it."""
    if isinstance(found, list):
        return [one for part in found for one in texts(part)]
    if not isinstance(found, dict):
        return []
    own = [found] if isinstance(found.get("text"), str) else []
    return own + [one for part in found.values() for one in texts(part)]


def test_slack_gets_a_text_and_blocks() -> None:
    message = json.loads(chat.slack(compose_note(ALERT, READERS)))
    assert message == {
        "text": "Harbor Dental's credit is under $100.00: $48.20 left",
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "header", "text": plain("Credit is under $100.00")},
            {
                "type": "section",
                "text": plain(
                    "When Harbor Dental's credit runs out, calling pauses until you top up. That's expected at "
                    "about 2:30 pm EST on Tuesday, November 24."
                ),
            },
            {
                "type": "section",
                "fields": [
                    plain("Available credit\n$48.20"),
                    plain("As of\nNovember 24, 2026, 9:05 am EST"),
                ],
            },
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": "<https://billing.example/billing/wallet?org=harbor-dental|Top up>",
                    "verbatim": True,
                },
            },
        ],
    }


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}


def test_a_name_mentions_no_one_in_slack() -> None:
    message = json.loads(chat.slack(compose_note(ALERT, HOSTILE)))
    found = texts(message)
    assert "<!channel>" not in json.dumps(message) and "|here>" not in json.dumps(message)
    marked = [one["text"] for one in found if one.get("type") == "mrkdwn"]
    assert marked == ["<https://billing.example/billing/wallet?org=harbor-dental|Top up>"]


def test_what_is_long_is_cut_where_slack_would_refuse_it() -> None:
    note = Note("s", heading="&" * 400, paragraphs=["<" * 9000], rows=[("a", "b")] * 30)
    blocks = json.loads(chat.slack(note))["blocks"]
    assert len(blocks[0]["text"]["text"]) <= 150 and len(blocks[1]["text"]["text"]) <= 3000
    assert blocks[0]["text"]["text"].endswith("&amp;…") and len(blocks[2]["fields"]) == 10


def test_teams_gets_one_card_with_a_button() -> None:
    message = json.loads(chat.teams(compose_note(ALERT, READERS)))
    assert message["type"] == "message"
    [attachment] = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "Top up",
            "url": "https://billing.example/billing/wallet?org=harbor-dental",
        }
    ]
    said = ["".join(run["text"] for run in block["inlines"]) for block in card["body"]]
    assert said[0] == "Credit is under $100.00" and "Available credit: $48.20" in said


def test_nothing_in_a_card_is_markdown() -> None:
    card = json.loads(chat.teams(compose_note(ALERT, HOSTILE)))["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {one["type"] for one in texts(card)} == {"TextRun"}


@pytest.mark.one_of_each(by=kind_of)
@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
def test_whatever_names_are_chosen_both_take_it(email: Email) -> None:
    """No text of Slack's is empty or longer than it takes, no message has more than 50 blocks, and one for Teams
    stays under 28 KB (https://learn.microsoft.com/en-us/connectors/teams/#known-issues-and-limitations-with-actions).
    """
    words = "\u8a3a\U0001f4a5" * 150
    for said, readers in (
        (email, READERS),
        (hostile(email, words), replace(READERS, organization=words)),
        (hostile(email, " \u202e"), replace(READERS, organization="\ufeff")),
    ):
        note = compose_note(said, readers)
        message = json.loads(chat.slack(note))
        assert 0 < len(message["blocks"]) <= 50 and message["text"]
        assert [one for one in texts(message["blocks"]) if not 0 < len(one["text"]) <= 3000] == []
        assert len(chat.teams(note).encode()) < 28_000
