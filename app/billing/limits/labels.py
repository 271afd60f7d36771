"""What limits are called, on pages, in emails and in the API."""

from __future__ import annotations

from app.billing import catalog
from app.models import LimitSubject, LimitWindow

PER = {
    LimitWindow.HOUR: "an hour",
    LimitWindow.DAY: "a day",
    LimitWindow.WEEK: "a week",
    LimitWindow.MONTH: "a month",
}
"""As in "$30.00 a day"."""
THIS = {
    LimitWindow.HOUR: "this hour",
    LimitWindow.DAY: "today",
    LimitWindow.WEEK: "this week",
    LimitWindow.MONTH: "this month",
}
"""As in "$38.20 spent today"."""


def subject_label(subject: LimitSubject, name: str) -> str:
    """Whose spend it is, as it begins a line: `Campaign Spring recall`."""
    match subject:
        case LimitSubject.ORGANIZATION:
            return "Whole organization"
        case LimitSubject.CAMPAIGN:
            return f"Campaign {name}"
        case LimitSubject.AGENT:
            return f"Agent {name}"
        case LimitSubject.DESTINATION_CLASS:
            return f"{class_label(name)} destinations"


def short_label(subject: LimitSubject, name: str) -> str:
    """What such a limit stops, within a sentence: `Spring recall`."""
    match subject:
        case LimitSubject.ORGANIZATION:
            return "all new calls"
        case LimitSubject.DESTINATION_CLASS:
            return f"calls to {class_label(name).lower()} destinations"
        case _:
            return name


def class_label(key: str) -> str:
    """The name of a class of destinations; its key if the catalog has it no more."""
    found = catalog.current().destinations.classes.get(key)
    return found.label if found else key
