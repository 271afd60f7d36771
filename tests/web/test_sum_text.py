"""Lines of a breakdown in the viewer's language: ours are translated within what Stripe named."""

from __future__ import annotations

import pytest

from app.language import speaking
from app.web.sum_text import sum_text
from tests.support.pseudo import LEFT_TO_RIGHT, speaking_pseudo

OURS = [
    "Your invoice credit",
    "VAT 19% (reverse charge)",
    "Tax (exempt)",
    "Discount (code SPRING10)",
    "Spring, 10% off (code SPRING10)",
    "Loyal, 5.00 USD off",
    "Unused time on Growth (Spring, 10% off included)",
]


@pytest.mark.parametrize("words", [*OURS, "1 \u00d7 Growth (at $99.00 / month)", "VAT 19%", "Spring"])
def test_in_english_it_stays_as_it_is(words: str) -> None:
    assert sum_text(words) == words


@pytest.mark.parametrize("words", OURS)
def test_what_we_say_is_translated_and_what_stripe_named_is_kept(words: str) -> None:
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        said = sum_text(words)
    assert said.startswith("«")
    for name in ("Spring", "SPRING10", "Unused time on Growth"):
        assert (name in words) == (name in said)
