"""Composes emails: one template per kind, rendered as plain text and as HTML.

A kind's template says everything once, in paragraphs, rows and buttons; what those are in plain text and in HTML is
in `mail/_text.jinja` and `mail/_html.jinja`. So the two parts can't diverge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.money import Money
from app.notify.emails import DigestDate, Email
from app.notify.mime import Written, one_line
from app.own_pages import in_mail
from app.text import shown

LOCALE = "en_US"
"""Emails have no viewer with a locale: all use the default locale of the pages."""

_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who an email is for: the organization and its time zone, and the addresses of our pages and of support."""

    organization: str
    slug: str
    timezone: str
    public_url: str
    support_email: str


def compose(email: Email, readers: Readers) -> Written:
    """Compose an email from its facts, for the people of an organization."""
    subject, body = render("text", email, readers)
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    _, html = render("html", email, readers, preview=_preview(text))
    return Written(subject=one_line(subject), text=text, html=html.strip() + "\n")


def render(part: str, email: Email, readers: Readers, *, preview: str = "") -> tuple[str, str]:
    """The subject and body of one part: `text`, `html`, or `note` for other ways than email. `preview` is what lists
    of emails show beside the subject."""
    zone = ZoneInfo(readers.timezone)
    template = _environment(part).get_template(f"mail/{email.kind}.jinja")
    context = {
        "email": email,
        "organization": one_line(readers.organization),
        "preview": preview,
        "support_email": readers.support_email,
        "url": lambda path: f"{readers.public_url}{in_mail(path, readers.slug)}",
        "moment": partial(moment, zone=zone),
        "day": day,
        "around": partial(around, zone=zone),
        "rows_of": lambda rows: [(one_line(row.name), money(row.amount)) for row in rows],
        "dates_of": lambda dates: [(day(one.day), _due(one)) for one in dates],
        "layout": f"mail/_base.{part}.jinja",
        "kit": f"mail/_{part}.jinja",
    }
    module: Any = template.make_module(context)
    return str(module.subject), str(module)


@cache
def _environment(part: str) -> Environment:
    made = Environment(
        loader=PackageLoader("app"),
        autoescape=part == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    made.filters |= {"money": money, "folded": folded}
    return made


def money(amount: Money) -> str:
    """`$1,234.50`, with a minus sign for negative amounts."""
    text = format_currency(
        abs(amount.rounded), amount.currency, locale=LOCALE, currency_digits=amount.is_written_as_babel_does
    )
    return f"{_MINUS}{text}" if amount.rounded < 0 else text


def day(value: date) -> str:
    """`November 24, 2026`, as the pages write days."""
    return format_date(value, "long", locale=LOCALE)


def moment(value: datetime, *, zone: ZoneInfo) -> str:
    """`November 24, 2026, 9:05 am EST`: in the organization's zone, which is named."""
    local = value.astimezone(zone)
    clock = format_datetime(local, "h:mm a", locale=LOCALE).lower()
    return f"{day(local.date())}, {clock} {local.tzname()}"


def around(value: datetime, *, zone: ZoneInfo) -> str:
    """`2:30 pm EST on Tuesday, November 24`: to the half hour, for what is expected."""
    local = value.astimezone(zone)
    local -= timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    clock = format_datetime(local, "h:mm a", locale=LOCALE).lower()
    return f"{clock} {local.tzname()} on {format_datetime(local, 'EEEE, MMMM d', locale=LOCALE)}"


def _preview(text: str) -> str:
    """The first paragraph after the heading, which the subject says already."""
    return text.split("\n\n")[1]


def _due(one: DigestDate) -> str:
    """`Growth renewal, $49.00 by Visa ending in 4242`."""
    said = one_line(one.name)
    if one.amount is not None:
        said += f", {'about ' if one.is_estimate else ''}{money(one.amount)}"
    return f"{said} by {one_line(one.by)}" if one.by else said


def folded(words: str) -> str:
    """A paragraph with its white space folded: one line, which the reader's window breaks where it must."""
    return " ".join(words.split())
