"""The form of the billing details."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from app.billing.customers import tax_ids, validation
from app.billing.customers.validation import Details, DetailsError
from app.language import gettext, lazy_gettext, pgettext, translated
from app.models import Organization
from app.pages.numbers import read_whole
from app.web.resend import Field
from app.web.text_guard import TidyForm


class DetailsForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """The form, which keeps what was typed until it is valid."""

    legal_name = StringField(lazy_gettext("Legal name"))
    line1 = StringField(lazy_gettext("Address line 1"))
    line2 = StringField(lazy_gettext("Address line 2"))
    postal_code = StringField(lazy_gettext("Postal code"))
    city = StringField(lazy_gettext("City"))
    region = StringField(lazy_gettext("State or region"))
    country = SelectField(lazy_gettext("Country"), validate_choice=False)
    tax_kind = SelectField(lazy_gettext("Tax ID type"), validate_choice=False)
    tax_id = StringField(lazy_gettext("Tax ID"))
    purchase_order = StringField(lazy_gettext("Purchase order number"))
    emails = TextAreaField(lazy_gettext("Billing email recipients"))
    version = HiddenField()
    next = HiddenField()

    def offer(self) -> None:
        """Fill the choices."""
        self.country.choices = [("", gettext("Choose a country")), *validation.countries()]
        self.tax_kind.choices = [
            ("", pgettext("a tax ID", "None")),
            *(
                (
                    kind.key,
                    gettext("%(kind)s, like %(example)s", kind=translated(kind.label), example=kind.example),
                )
                for kind in tax_ids.KINDS.values()
            ),
        ]

    def show(self, details: Details, version: int) -> None:
        """Fill it with the saved details."""
        for field in self:
            if field.name in Details.__dataclass_fields__ and field.name != "emails":
                field.data = getattr(details, field.name)
        self.emails.data = "\n".join(details.emails)
        self.version.data = str(version)

    @property
    def typed(self) -> Details:
        """The details as they were typed."""
        words = {name: (self[name].data or "") for name in Details.__dataclass_fields__ if name != "emails"}
        emails = [one for one in re.split(r"[\s,;]+", self.emails.data or "") if one]
        return Details(**words, emails=tuple(emails))

    @property
    def seen_version(self) -> int:
        version = read_whole(self.version.data, 8)
        return -1 if version is None else version

    def refuse(self, error: DetailsError) -> None:
        """Show each field's error."""
        for name, words in error.problems.items():
            self[name].errors = [words]


def summarize(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The form's fields for display; the version of the details is included, but not shown."""
    form = DetailsForm(typed)
    form.offer()
    for field in form:
        if field.name not in typed:
            continue
        value = (field.data or "").strip()
        choices = dict(field.choices) if isinstance(field, SelectField) else {}
        words = "" if isinstance(field, HiddenField) else str(choices.get(value, value)) if value else ""
        yield Field(field.name, field.data or "", str(field.label.text), words)
