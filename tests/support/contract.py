"""Holds each answer of the API to its document: status, media type, and schema of the body."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from app.api import openapi


def hold_to_document(app: Flask, response: TestResponse) -> None:
    """Fails where the document doesn't have the answer. What has no route is answered outside of it."""
    found = _operation(app, response.request.method, response.request.path)
    if found is None:
        assert response.status_code in {404, 405}, response.request.path
        return
    document, operation = found
    assert str(response.status_code) in operation["responses"], f"undocumented: {response.status}"
    content = operation["responses"][str(response.status_code)].get("content", {})
    if not content:
        assert response.data == b""
        return
    assert response.mimetype in content
    if response.data or response.request.method != "HEAD":
        schema = {**content[response.mimetype]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(response.json)


def _operation(app: Flask, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    with app.app_context():
        document = openapi.document()
    wanted = {"HEAD": "get"}.get(method, method.lower())
    for template, operations in document["paths"].items():
        if wanted in operations and _pattern(template).fullmatch(path):
            return document, operations[wanted]
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Ids are UUIDs: what is none has no address. Other names may have slashes in them."""
    uuid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    return re.compile(
        "/api/v1" + re.sub(r"\{(\w+)\}", lambda name: uuid if name[1] == "org_id" else ".+", template),
        re.DOTALL,
    )
