"""Endpoints: secrets that change without a gap, and what is unknown or off is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.platform import endpoints
from app.billing.platform.endpoints import UnknownEndpointError
from app.extensions import db
from app.models import PlatformEndpoint
from app.notify.addresses import AddressError

URL = "http://127.0.0.1:9/missing"


@pytest.fixture
def endpoint(app: Flask) -> PlatformEndpoint:
    return endpoints.add(URL)[0]


def test_an_address_that_can_not_be_sent_to_is_refused_and_not_stored(app: Flask) -> None:
    with pytest.raises(AddressError):
        endpoints.add("ftp://portal.example")
    assert db.session.scalars(db.select(PlatformEndpoint)).all() == []


def test_each_endpoint_has_a_secret_of_its_own_even_at_the_same_address(app: Flask) -> None:
    (one, first), (other, second) = endpoints.add(URL), endpoints.add(URL)
    assert (one.secrets, other.secrets) == ([first], [second])
    assert first != second
    assert endpoints.list_active() == [one, other], "the oldest first"


def test_a_new_secret_signs_beside_the_newest_of_the_others_alone(endpoint: PlatformEndpoint) -> None:
    [first] = endpoint.secrets
    second = endpoints.rotate(endpoint.id)
    assert endpoint.secrets == [second, first]
    third = endpoints.rotate(endpoint.id)
    assert endpoint.secrets == [third, second]


def test_retiring_leaves_the_newest_secret_and_twice_is_as_once(endpoint: PlatformEndpoint) -> None:
    newest = endpoints.rotate(endpoint.id)
    for _ in range(2):
        endpoints.retire(endpoint.id)
        assert endpoint.secrets == [newest]


def test_one_that_is_disabled_is_listed_as_such_until_it_is_enabled(endpoint: PlatformEndpoint) -> None:
    other, _ = endpoints.add(URL)
    endpoints.disable(endpoint.id)
    assert (endpoints.list_active(), endpoints.switched_off()) == ([other], [endpoint])
    endpoints.enable(endpoint.id)
    assert (endpoints.list_active(), endpoints.switched_off()) == ([endpoint, other], [])


def test_enabling_one_that_is_in_use_changes_nothing(endpoint: PlatformEndpoint) -> None:
    before = list(endpoint.secrets)
    endpoints.enable(endpoint.id)
    assert (endpoint.disabled_at, endpoint.secrets) == (None, before)


@pytest.mark.parametrize("do", [endpoints.rotate, endpoints.retire, endpoints.disable, endpoints.enable])
def test_an_unknown_endpoint_is_refused_by_its_id(app: Flask, do: Callable[[UUID], Any]) -> None:
    unknown = uuid4()
    with pytest.raises(UnknownEndpointError, match=str(unknown)):
        do(unknown)


@pytest.mark.parametrize("do", [endpoints.rotate, endpoints.retire, endpoints.disable])
def test_one_that_is_disabled_is_left_as_it_is(endpoint: PlatformEndpoint, do: Callable[[UUID], Any]) -> None:
    endpoints.disable(endpoint.id)
    before = (endpoint.disabled_at, list(endpoint.secrets))
    with pytest.raises(UnknownEndpointError):
        do(endpoint.id)
    assert (endpoint.disabled_at, endpoint.secrets) == before
