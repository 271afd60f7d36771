"""What facts say in English is read in the reader's language; names that people gave stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from gettext import NullTranslations

import pytest

from app.billing.alerts import naming
from app.billing.audit import display_name
from app.language import messages, speaking
from app.models import AlertChannel, ChannelKind
from app.models.payment_method import card_label
from app.notify import stored_texts
from app.people import places, user_agents

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Safari/537.36"
)


SAID = {
    "%(brand)s ending in %(last4)s": "%(brand)s, endet auf %(last4)s",
    "API token “%(name)s”": "API-Token „%(name)s“",
    "Voice Portal operator": "Voice-Portal-Team",
    "%(number)s (text messages)": "%(number)s (SMS)",
    "billing email recipients": "Empfänger der Abrechnungen",
    "Campaign %(name)s": "Kampagne %(name)s",
    "%(class_)s destinations": "Ziele der Klasse %(class_)s",
    "High-cost": "Teuer",
    "%(browser)s on %(system)s": "%(browser)s unter %(system)s",
    "An unknown browser": "Ein unbekannter Browser",
    "No response within %(seconds)s seconds.": "Keine Antwort innerhalb von %(seconds)s Sekunden.",
}


class Known(NullTranslations):
    """A catalog that knows a few messages."""

    def gettext(self, message: str) -> str:
        return SAID.get(message, message)


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    known = Known()
    monkeypatch.setattr(messages, "catalog_of", lambda language: known)
    with speaking("de_DE"):
        yield


@pytest.mark.parametrize(
    ("read", "stored", "said"),
    [
        (stored_texts.card, card_label("visa", "4242"), "Visa, endet auf 4242"),
        (stored_texts.actor, "dana@harbor.example", "dana@harbor.example"),
        (stored_texts.channel, "Ops (Slack)", "Ops (Slack)"),
        (stored_texts.limit, "Campaign Spring recall", "Kampagne Spring recall"),
        (stored_texts.limit, "High-cost destinations", "Ziele der Klasse Teuer"),
        (stored_texts.device, "An unknown browser on Linux", "Ein unbekannter Browser unter Linux"),
        (stored_texts.place, "Germany (192.0.2.7)", "Deutschland (192.0.2.7)"),
        (stored_texts.place, "Atlantis (192.0.2.7)", "Atlantis (192.0.2.7)"),
        (stored_texts.place, "192.0.2.7", "192.0.2.7"),
        (stored_texts.answer, "No response within 15 seconds.", "Keine Antwort innerhalb von 15 Sekunden."),
        (stored_texts.answer, "503", "503"),
    ],
)
def test_what_is_read_back(read: Callable[[str], str], stored: str, said: str) -> None:
    assert read(stored) == said


def test_it_reads_what_the_rest_of_the_product_stores() -> None:
    """The patterns here are the other end of these functions."""
    with speaking("en_US"):
        browser, operator, token = (
            user_agents.as_text(CHROME),
            display_name("operator"),
            display_name("token engine"),
        )
        phone = naming.name_of(AlertChannel(kind=ChannelKind.SMS, address="+16175550123"))
        recipients = naming.name_of(AlertChannel(kind=ChannelKind.RECIPIENTS))
        place = places.as_text("8.8.8.8") or ""
    assert stored_texts.device(browser) == "Chrome unter Windows"
    assert stored_texts.actor(operator) == "Voice-Portal-Team"
    assert stored_texts.actor(token) == "API-Token „engine“"
    assert stored_texts.channel(phone) == "+1•••0123 (SMS)"
    assert stored_texts.channel(recipients) == "Empfänger der Abrechnungen"
    assert stored_texts.place(place) == "Vereinigte Staaten (8.8.8.8)"
