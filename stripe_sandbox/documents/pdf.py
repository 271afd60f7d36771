"""Writes a PDF of one page of text, with nothing but the standard library (ISO 32000-1, sections 7.5 and 9)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

WIDTH, HEIGHT = 612, 792
"""US Letter in points; positions are counted from the top left."""
# The width of Helvetica's digits and of what stands between them, in thousandths of the size.
_NARROW = {",": 278, ".": 278, " ": 278, "-": 333}
_DIGIT = 556


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text. `right` ends it at `x` instead of starting it there, for amounts in digits."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    right: bool = False


def write(texts: list[Text], *, title: str) -> bytes:
    """The file. Letters beyond Windows-1252 become question marks."""
    content = b"\n".join(_draw(text) for text in texts)
    resources = b"<< /Font << /F0 5 0 R /F1 6 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources %s >>"
        % (WIDTH, HEIGHT, resources),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        _font(b"Helvetica"),
        _font(b"Helvetica-Bold"),
        b"<< /Title %s >>" % _string(title),
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    head = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    parts = [b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(objects, start=1)]
    *starts, end = accumulate((len(part) for part in parts), initial=len(head))
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (count, len(objects))
    cross = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return head + b"".join(parts) + cross + trailer + b"startxref\n%d\n%%%%EOF\n" % end


def _draw(text: Text) -> bytes:
    x = text.x - _width(text) if text.right else text.x
    place = b"%.2f %.2f" % (x, HEIGHT - text.y)
    return b"BT /F%d %.2f Tf %s Td %s Tj ET" % (text.bold, text.size, place, _string(text.text))


def _width(text: Text) -> float:
    return sum(_NARROW.get(letter, _DIGIT) for letter in text.text) * text.size / 1000


def _string(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(%s)" % escaped.encode("cp1252", "replace")


def _font(name: bytes) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name
