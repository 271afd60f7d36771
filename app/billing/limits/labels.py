"""What limits are called, on pages, in emails and in the API."""

from __future__ import annotations

from app.billing import catalog
from app.language import gettext, in_sentence, marked, translated
from app.language.stored import for_storage
from app.models import LimitSubject, LimitWindow

PER = {
    LimitWindow.HOUR: marked("an hour"),
    LimitWindow.DAY: marked("a day"),
    LimitWindow.WEEK: marked("a week"),
    LimitWindow.MONTH: marked("a month"),
}
"""As in "$30.00 a day", in English: as emails are stored, and for programs."""
THIS = {
    LimitWindow.HOUR: marked("this hour"),
    LimitWindow.DAY: marked("today"),
    LimitWindow.WEEK: marked("this week"),
    LimitWindow.MONTH: marked("this month"),
}
"""As in "$38.20 spent today"."""
_AMOUNTS = {
    LimitWindow.HOUR: marked("%(amount)s an hour"),
    LimitWindow.DAY: marked("%(amount)s a day"),
    LimitWindow.WEEK: marked("%(amount)s a week"),
    LimitWindow.MONTH: marked("%(amount)s a month"),
}
_COUNTED = {
    LimitWindow.HOUR: marked("%(counted)s of %(limit)s this hour"),
    LimitWindow.DAY: marked("%(counted)s of %(limit)s today"),
    LimitWindow.WEEK: marked("%(counted)s of %(limit)s this week"),
    LimitWindow.MONTH: marked("%(counted)s of %(limit)s this month"),
}
_WHOLE = marked("Whole organization")


def amount_per(amount: str, kind: LimitWindow) -> str:
    """An amount that is written out, and the window: `$30.00 a day`."""
    return translated(_AMOUNTS[kind]) % {"amount": amount}


def counted(amount: str, limit: str, kind: LimitWindow) -> str:
    """What counts in the window that is on: `$38.20 of $30.00 today`."""
    return translated(_COUNTED[kind]) % {"counted": amount, "limit": limit}


def subject_label(subject: LimitSubject, name: str) -> str:
    """Whose spend it is, as it begins a line: `Campaign Spring recall`."""
    match subject:
        case LimitSubject.ORGANIZATION:
            return translated(_WHOLE)
        case LimitSubject.CAMPAIGN:
            return gettext("Campaign %(name)s", name=name)
        case LimitSubject.AGENT:
            return gettext("Agent %(name)s", name=name)
        case LimitSubject.DESTINATION_CLASS:
            # Translators: "High risk destinations".
            return gettext("%(class_)s destinations", class_=class_label(name))


def stored_label(subject: LimitSubject, name: str) -> str:
    """The same in English, as emails and the audit trail store it, whatever language the reader has."""
    with for_storage():
        return subject_label(subject, name)


def short_label(subject: LimitSubject, name: str) -> str:
    """What such a limit stops, within a sentence: `Spring recall`."""
    match subject:
        case LimitSubject.ORGANIZATION:
            return gettext("all new calls")
        case LimitSubject.DESTINATION_CLASS:
            # Translators: "calls to high risk destinations".
            return gettext("calls to %(class_)s destinations", class_=in_sentence(class_label(name)))
        case _:
            return name


def class_label(key: str) -> str:
    """The name of a class of destinations; its key if the catalog has it no more."""
    found = catalog.current().destinations.classes.get(key)
    return translated(found.label) if found else key
