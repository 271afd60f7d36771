"""Compressed pages, also where no proxy compresses: what a page is made of repeats itself, so it shrinks to a fifth.

Lengths of compressed answers can give away what is secret in them, to a page of another site that makes a browser ask
for ours over and over with guesses in the address (BREACH: https://www.breachattack.com/). Three things stand against
it. Browsers say what another site's page asks for (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header), and
that goes out as it is. The secret of form tokens has a new mask in each answer (`app.web.form_tokens`). And a random
name in the head of the compressed answer changes its length, as Django does it ("Heal the BREACH":
https://ieeexplore.ieee.org/document/9754554).
"""

from __future__ import annotations

import gzip
import io
import re
import secrets

from flask import Flask, Response, request

from app.web import origins

SHORTEST = 1_000
"""Bytes; what is shorter fits into one packet as it is."""
_LEVEL = 9
_INDENTS = re.compile(rb"\n\s+")
_AS_WRITTEN = re.compile(rb"<(?:pre|textarea)\b")
_LONGEST_NAME = 100


def init_app(app: Flask) -> None:
    """Compress pages. Answers are finished by then: functions that were added first are called last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if not request.accept_encodings["gzip"] or request.headers.get("Sec-Fetch-Site") not in origins.OWN:
        return response
    content = response.get_data()
    if len(content) >= SHORTEST:
        response.set_data(_compressed(without_indents(content)))
        response.headers["Content-Encoding"] = "gzip"
    return response


def without_indents(content: bytes) -> bytes:
    """A page without what indents its lines, which says nothing in HTML; as it is where text is kept as written."""
    return content if _AS_WRITTEN.search(content) else _INDENTS.sub(b"\n", content)


def _compressed(content: bytes) -> bytes:
    into = io.BytesIO()
    # Which letters they are doesn't matter: the head itself isn't compressed.
    name = "x" * secrets.randbelow(_LONGEST_NAME)
    with gzip.GzipFile(name, "wb", _LEVEL, into, mtime=0) as packed:
        packed.write(content)
    return into.getvalue()
