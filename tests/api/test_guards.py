"""Every endpoint, without exception: no token, no entry; no scope, no answer; another's organization is not there."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask

from app.api import SECTIONS
from app.api.endpoints import Endpoint
from app.people.tokens import Scope
from tests.factories import an_organization
from tests.support.platform import Platform, is_problem

ENDPOINTS = [endpoint for section in SECTIONS for endpoint in section.endpoints]
GUARDED = [endpoint for endpoint in ENDPOINTS if endpoint.scope is not None]
OF_ORGANIZATIONS = [endpoint for endpoint in GUARDED if "<uuid:org_id>" in endpoint.path]


def name(endpoint: Endpoint) -> str:
    return endpoint.name


def address(endpoint: Endpoint, org_id: object) -> str:
    path = endpoint.path.replace("<uuid:org_id>", str(org_id))
    return re.sub(r"<[^>]+>", "some-call", re.sub(r"<uuid:[^>]+>", str(UUID(int=7)), path))


def test_only_the_document_is_for_everybody() -> None:
    assert [endpoint.path for endpoint in ENDPOINTS if endpoint.scope is None] == ["/openapi.json"]


@pytest.mark.parametrize("endpoint", GUARDED, ids=name)
def test_without_a_token_no_one_gets_in(app: Flask, endpoint: Endpoint) -> None:
    path = address(endpoint, an_organization().id)
    answer = Platform(app).open(endpoint.method, path, headers={"Authorization": ""}, json={})
    assert is_problem(answer, "unauthorized", 401)


@pytest.mark.parametrize("endpoint", GUARDED, ids=name)
def test_a_token_with_every_other_scope_is_not_enough(app: Flask, endpoint: Endpoint) -> None:
    others = [scope for scope in Scope if scope is not endpoint.scope]
    answer = Platform(app, *others).open(endpoint.method, address(endpoint, an_organization().id), json={})
    assert answer.status_code == 403
    assert endpoint.scope in answer.text


@pytest.mark.parametrize("endpoint", OF_ORGANIZATIONS, ids=name)
def test_another_organization_is_not_there(app: Flask, endpoint: Endpoint) -> None:
    own = Platform(app, organization=an_organization())
    answer = own.open(endpoint.method, address(endpoint, an_organization().id), json={})
    assert is_problem(answer, "not-found", 404)


def test_an_answer_is_no_page(app: Flask) -> None:
    platform = Platform(app)
    for path in (f"/organizations/{an_organization().id}/status", "/organizations/x", "/nowhere"):
        policy = platform.get(path).headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'"
