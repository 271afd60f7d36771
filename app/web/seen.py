"""The hidden field by which a form of settings says which ones its page showed, so that no one replaces what they
haven't seen. What they are by now is compared under the lock (`app.billing.audit.meanwhile`)."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField

from app.web.resend import Field


class NothingSeenError(BadRequest):
    """A form came without the field: from a program, or from a page that was opened before there was one."""


class SeenField(HiddenField):  # type: ignore[misc]
    """The settings that the page showed, as text. A form without it is refused as a whole, because nothing that
    could be typed would make up for it: `validate` raises `NothingSeenError`."""

    def pre_validate(self, _form: Any) -> None:
        """Check that there is something."""
        if not self.data:
            raise NothingSeenError


def carried(typed: MultiDict[str, str], name: str = "seen") -> Field:
    """The field of a form that is sent again: its text says nothing to people, so it isn't shown."""
    return Field(name, typed.get(name, ""), "", "")
