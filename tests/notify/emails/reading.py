"""What an email says, read as its reader does."""

from __future__ import annotations

import re
from html import unescape

from app.notify.composition import compose
from app.notify.emails import Email
from tests.notify.emails.samples import READERS


def words(email: Email) -> str:
    """The plain text in one line."""
    return " ".join(compose(email, READERS).text.split())


def paragraphs_of_html(email: Email) -> list[str]:
    """What the HTML says, heading, paragraphs and rows; without the name above them."""
    body = compose(email, READERS).html.partition("<main>")[2]
    found = re.findall(r"<(h1|p|dt|dd)\b[^>]*>(.*?)</\1>", body, flags=re.DOTALL)
    plain = [re.sub(r"<[^>]+>", " ", inner) for _, inner in found]
    return [" ".join(unescape(one).split()).replace(" .", ".") for one in plain]
