"""What a PDF says."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader


def pdf(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    """The text of all pages without any white space, because a long name is broken where the column ends."""
    return packed("".join(page.extract_text() for page in pdf(content).pages))


def packed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)
