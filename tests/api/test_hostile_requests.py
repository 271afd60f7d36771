"""Whatever JSON can carry in any field, and whatever an address can: an answer that says what is wrong, never a 500."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from flask import Flask

from app.api import SECTIONS
from app.api.endpoints import Endpoint
from tests.factories import an_organization
from tests.scenarios.test_hostile_events import VALUES
from tests.support.platform import Platform

ENDPOINTS = [endpoint for section in SECTIONS for endpoint in section.endpoints]
WITH_BODY = [one for one in ENDPOINTS if one.body is not None and one.body.decoded]
WITH_TEXT = [one for one in ENDPOINTS if "<" in re.sub(r"<uuid:[^>]+>", "", one.path)]
WITH_QUERY = [one for one in ENDPOINTS if one.query is not None]
LIKE_A_DECODER_SEES_THEM = [
    "null",
    "minus one",
    "a fraction",
    "a float too large",
    "beyond 64 bits",
    "5000 digits",
    "NaN",
    "an empty text",
    "a long text",
    "an emoji",
    "a byte order mark",
    "NUL, escaped",
    "NUL",
    "half a surrogate",
    "a surrogate in UTF-8",
    "no UTF-8",
    "an array",
    "an object",
    "deep arrays",
    "deep objects",
    "an early time",
]
TEXTS = [
    "%00",
    "a%00b",
    "%FF",
    "%ED%A0%80",
    "%C0%AF",
    "%EF%BB%BF",
    "%0A",
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "x" * 5_000,
]


def name_of(endpoint: Endpoint) -> str:
    return endpoint.name


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within a body; of a list's elements to the first one."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def with_value(body: Any, path: tuple[Any, ...], value: bytes) -> bytes:
    if not path:
        return value
    changed = at = json.loads(json.dumps(body))
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = "@@"
    return json.dumps(changed).encode().replace(b'"@@"', value)


def path_for(endpoint: Endpoint, org_id: Any, text: str = "call-1") -> str:
    path = endpoint.path.replace("<uuid:org_id>", str(org_id))
    while "<" in path:
        before, _, after = path.partition("<")
        path = before + text + after.partition(">")[2]
    return path


def answered(platform: Platform, endpoint: Endpoint, path: str, **options: Any) -> int:
    return platform.open(endpoint.method, path, **options).status_code


@pytest.mark.long
@pytest.mark.parametrize("endpoint", WITH_BODY, ids=name_of)
def test_every_field_of_every_body(app: Flask, endpoint: Endpoint) -> None:
    assert endpoint.body is not None
    organization, platform = an_organization(credit="100"), Platform(app)
    example = json.loads(msgspec.json.encode(endpoint.body.example))
    path = path_for(endpoint, organization.id)
    found = {
        (*place, value): status
        for place in places(example)
        for value in LIKE_A_DECODER_SEES_THEM
        if (
            status := answered(
                platform,
                endpoint,
                path,
                data=with_value(example, place, VALUES[value]),
                content_type="application/json",
            )
        )
        >= 500
    }
    assert found == {}


@pytest.mark.parametrize("endpoint", WITH_TEXT, ids=name_of)
def test_every_text_in_an_address(app: Flask, endpoint: Endpoint) -> None:
    organization, platform = an_organization(credit="100"), Platform(app)
    sent: dict[str, Any] = {}
    if endpoint.body is not None:
        sent = {"data": msgspec.json.encode(endpoint.body.example), "content_type": "application/json"}
    found = {
        text: status
        for text in TEXTS
        if (status := answered(platform, endpoint, path_for(endpoint, organization.id, text), **sent)) >= 500
    }
    assert found == {}


@pytest.mark.parametrize("endpoint", WITH_QUERY, ids=name_of)
def test_every_parameter(app: Flask, endpoint: Endpoint) -> None:
    organization, platform = an_organization(credit="100"), Platform(app)
    path = path_for(endpoint, organization.id)
    names = [field.encode_name for field in msgspec.structs.fields(endpoint.query)]
    found = {
        (name, text): status
        for name in [*names, "%00", "%FF"]
        for text in [*TEXTS, quote("AAAA"), "//79/Q==", "7aCA"]
        if (status := answered(platform, endpoint, f"{path}?{name}={text}")) >= 500
    }
    assert found == {}
