"""Which factors a person has."""

from __future__ import annotations

from flask import Flask

from app.people.factors import authenticator_apps, status
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.factors import a_passkey, an_app, codes_of


def test_what_is_set_up_counts_and_what_is_begun_does_not(app: Flask) -> None:
    dana = a_person(organization=an_organization())
    assert not status.has_any(dana.id)
    with transaction():
        authenticator_apps.begin(dana)
    codes_of(dana)
    assert not status.has_any(dana.id)
    assert status.gather(dana.id).count == 0
    a_passkey(dana)
    assert status.has_any(dana.id)
    an_app(dana)
    found = status.gather(dana.id)
    assert (found.count, found.codes_left, [one.name for one in found.passkeys]) == (2, 10, ["Laptop"])


def test_each_kind_is_enough(app: Flask) -> None:
    harbor = an_organization()
    one, other = a_person(organization=harbor), a_person(organization=harbor)
    an_app(one), a_passkey(other)
    assert status.has_any(one.id)
    assert status.has_any(other.id)
