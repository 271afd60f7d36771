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
    return [said for _, said in _parts(compose(email, READERS).html)]


def prose_of_html(email: Email) -> list[str]:
    """The heading and the paragraphs, without rows, links, and why it was sent."""
    body = compose(email, READERS).html.partition("<footer")[0]
    body = re.sub(r"<p[^>]*><a .*?</p>", "", body)
    return [said for part, said in _parts(body) if part in {"h1", "p"}]


def rows_of_html(email: Email) -> list[tuple[str, str]]:
    """The rows, label and value."""
    found = [said for part, said in _parts(compose(email, READERS).html) if part in {"dt", "dd"}]
    return list(zip(found[::2], found[1::2], strict=True))


def _parts(html: str) -> list[tuple[str, str]]:
    body = html.partition("<main>")[2]
    found = re.findall(r"<(h1|h2|p|dt|dd)\b[^>]*>(.*?)</\1>", body, flags=re.DOTALL)
    plain = [(part, re.sub(r"<[^>]+>", " ", inner)) for part, inner in found]
    return [(part, " ".join(unescape(one).split()).replace(" .", ".")) for part, one in plain]
