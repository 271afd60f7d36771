"""The document is valid, says everything that is there, and is what people read too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api import SECTIONS, problems
from tests.support.browsing import Visitor, text_of


@pytest.fixture
def document(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    return answer.json  # type: ignore[no-any-return]


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    written = {
        (method.upper(), path) for path, operations in document["paths"].items() for method in operations
    }
    assert routes == written


def test_every_example_is_as_its_schema_says(document: dict[str, Any]) -> None:
    checked = 0
    for operations in document["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (one for body in bodies for one in body.get("content", {}).values()):
                schema = {**content["schema"], "components": document["components"]}
                examples = [one["value"] for one in content.get("examples", {}).values()]
                for example in examples or [content["example"]]:
                    Draft202012Validator(schema).validate(example)
                    checked += 1
    assert checked > 50


def test_every_endpoint_says_what_it_does_and_what_can_go_wrong(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert operation["description"], path
            if operation["security"]:
                assert {"401", "403", "429", "500", "503"} <= operation["responses"].keys(), (path, method)
            assert all(one["description"] for one in operation["parameters"]), path


def test_every_name_of_an_operation_is_its_own() -> None:
    names = [endpoint.name for section in SECTIONS for endpoint in section.endpoints]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", problems.KINDS.values(), ids=problems.KINDS.keys())
def test_every_kind_of_problem_has_a_page(visitor: Visitor, kind: problems.Kind) -> None:
    page = visitor.get(f"/api/problems/{kind.name}")
    assert page.status_code == 200
    words = text_of(page)
    assert kind.title in words
    assert "What to do" in words
    assert kind.name in text_of(visitor.get("/api/problems"))


def test_people_read_the_same_document(visitor: Visitor, document: dict[str, Any]) -> None:
    words = text_of(visitor.get("/api/docs"))
    for path, operations in document["paths"].items():
        assert path in words
        for operation in operations.values():
            assert operation["summary"] in words
    for name in document["components"]["schemas"]:
        assert name in words


@pytest.mark.parametrize("address", ["/api", "/api/v1"])
def test_the_address_itself_leads_to_the_words(visitor: Visitor, address: str) -> None:
    assert visitor.get(address).location == "/api/docs"


def test_a_problem_that_is_none_is_a_page_that_says_so(visitor: Visitor) -> None:
    page = visitor.get("/api/problems/nothing")
    assert page.status_code == 404
    assert page.content_type.startswith("text/html")
