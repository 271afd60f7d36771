"""The OpenAPI 3.1 document, generated from the declarations and types that serve the requests."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec
from flask import Response, current_app

from app.api import bodies, idempotency, problems
from app.api.endpoints import Answer, Body, Endpoint, Section
from app.api.problems import Kind, ProblemDetails
from app.people.tokens import Scope

_IN_PATH = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
_PARAMETERS = {"org_id": "The organization's id: the UUID the platform created it with."}
_REFERENCE = "#/components/schemas/{name}"
_ABOUT = (
    "The API for the Voice Portal's platform: calling status, holds, usage, plan entitlements, and "
    "organizations.\n\nEvery request carries a token: `Authorization: Bearer vpb_…`. Money is an exact "
    "decimal string with its currency, never a number. Errors are problem details (RFC 9457): `type` is "
    "the address of a page that says what to do. Every response has an `X-Request-Id`; include it when you "
    "contact support. The API is for servers, so there is no CORS."
)


def document() -> dict[str, Any]:
    """The OpenAPI document of the current application, built once."""
    made: dict[str, Any] | None = current_app.extensions.get("api_document")
    if made is None:
        settings = current_app.config["SETTINGS"]
        made = build(current_app.extensions["api_sections"], server=f"{settings.public_url}/api/v1")
        current_app.extensions["api_document"] = made
    return made


def build(sections: tuple[Section, ...], *, server: str) -> dict[str, Any]:
    """Build the document of the sections, served at `server`."""
    endpoints = [endpoint for section in sections for endpoint in section.endpoints]
    schemas = _Schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(path_of(endpoint), {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Voice Portal: Billing & wallet", "version": "1", "description": _ABOUT},
        "servers": [{"url": server}],
        "tags": [{"name": section.title, "description": section.description} for section in sections],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "headers": _HEADERS,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that an operator creates with `flask token create`. Scopes: "
                    + ", ".join(f"`{scope.value}`" for scope in Scope)
                    + ".",
                }
            },
        },
    }


def path_of(endpoint: Endpoint) -> str:
    """The endpoint's path as OpenAPI writes it: `/organizations/{org_id}`."""
    return _IN_PATH.sub(r"{\g<name>}", endpoint.path)


class _Schemas:
    """The types of all bodies, as JSON Schema."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        types = [ProblemDetails]
        for endpoint in endpoints:
            if endpoint.body is not None:
                types += [endpoint.body.type, *(type_ for type_, _ in endpoint.body.others.values())]
            types += [answer.body for answer in endpoint.answers if answer.body is not None]
        self._types = list(dict.fromkeys(types))
        found, self.components = msgspec.json.schema_components(self._types, ref_template=_REFERENCE)
        for schema in self.components.values():
            if "description" in schema:
                schema["description"] = _unfolded(schema["description"])
        self._found = dict(zip(self._types, found, strict=True))

    def of(self, type_: Any) -> dict[str, Any]:
        return self._found[type_]


def _operation(endpoint: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.section.title],
        "summary": endpoint.summary,
        "description": _unfolded(inspect.getdoc(endpoint.view) or ""),
        "parameters": [*_in_path(endpoint), *_in_query(endpoint), *_in_headers(endpoint)],
        "responses": _responses(endpoint, schemas),
        "security": [{"bearer": [endpoint.scope.value]}] if endpoint.scope else [],
    }
    if endpoint.body is not None:
        operation["requestBody"] = _request_body(endpoint.body, schemas)
    return operation


def _request_body(body: Body, schemas: _Schemas) -> dict[str, Any]:
    sent = dict.fromkeys(body.media_types, (body.type, body.example)) | dict(body.others)
    return {
        "required": True,
        "description": f"At most {body.limit:,} bytes, before and after decompression; gzip is accepted.",
        "content": {
            name: {"schema": schemas.of(type_), "example": msgspec.to_builtins(example)}
            for name, (type_, example) in sent.items()
        },
    }


def _in_path(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": match["name"],
            "in": "path",
            "required": True,
            "description": endpoint.parameters.get(match["name"]) or _PARAMETERS[match["name"]],
            "schema": {"type": "string", "format": "uuid"}
            if match["converter"] == "uuid"
            else {"type": "string"},
        }
        for match in _IN_PATH.finditer(endpoint.path)
    ]


def _in_query(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    fields: dict[str, Any] = msgspec.json.schema(endpoint.query)["$defs"][endpoint.query.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in fields.get("required", ()),
            "description": schema.pop("description", ""),
            "schema": _without_null(schema),
        }
        for name, schema in fields["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Drop null: a query parameter is present or absent."""
    others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return others[0] if len(others) == 1 else schema


def _in_headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = []
    if endpoint.once:
        words = (
            "A unique string for each new request, in double quotes. Use the same key to repeat a request."
        )
        found.append((idempotency.HEADER, words))
    if any(answer.status == 304 for answer in endpoint.answers):
        found.append(("If-None-Match", "The `ETag` of the last response."))
    return [
        {"name": name, "in": "header", "required": False, "description": words, "schema": {"type": "string"}}
        for name, words in found
    ]


def _responses(endpoint: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    responses = {str(answer.status): _success(endpoint, answer, schemas) for answer in endpoint.answers}
    by_status: dict[int, list[Kind]] = {}
    for kind in endpoint.all_problems:
        by_status.setdefault(kind.status, []).append(kind)
    for status, kinds in by_status.items():
        responses[str(status)] = _failure(kinds, schemas)
    return responses


def _success(endpoint: Endpoint, answer: Answer, schemas: _Schemas) -> dict[str, Any]:
    shared = ["X-Request-Id"] + (["RateLimit-Policy", "RateLimit"] if endpoint.scope else [])
    headers: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in shared}
    for name, words in answer.headers.items():
        headers[name] = {"description": words, "schema": {"type": "string"}}
    response: dict[str, Any] = {"description": answer.description, "headers": headers}
    if answer.body is not None:
        example = msgspec.to_builtins(answer.example)
        response["content"] = {bodies.JSON: {"schema": schemas.of(answer.body), "example": example}}
    return response


def _failure(kinds: list[Kind], schemas: _Schemas) -> dict[str, Any]:
    examples = {
        kind.name: {
            "summary": kind.title,
            "value": {
                "type": kind.type,
                "title": kind.title,
                "status": kind.status,
                "detail": kind.meaning,
                "instance": "/api/v1/…",
                "request_id": "5f0c2b7e9d3a4c1e8f6a7b8c9d0e1f2a",
            },
        }
        for kind in kinds
    }
    return {
        "description": " Or: ".join(f"{kind.title}." for kind in kinds),
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
        "content": {problems.MEDIA_TYPE: {"schema": schemas.of(ProblemDetails), "examples": examples}},
    }


def _unfolded(text: str) -> str:
    """Join the lines of each paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


_HEADERS = {
    "X-Request-Id": _header(
        "The request's id: your own if you sent one of 8 to 64 letters, digits, or `._-`."
    ),
    "RateLimit-Policy": _header(
        'How many requests (`q`) the token may make per `w` seconds: `"requests";q=6000;w=60`.'
    ),
    "RateLimit": _header("How many requests are left (`r`), and the seconds until the limit resets (`t`)."),
}

section = Section("About", "This document.")


@section.get(
    "/openapi.json",
    scope=None,
    summary="Get this document",
    answers=(Answer(200, "An OpenAPI 3.1 document.", dict[str, Any], {"openapi": "3.1.0"}),),
)
def show_document() -> Response:
    """Requires no token. To read it as a web page, open `/api/docs`."""
    response = Response(msgspec.json.encode(document()), content_type=bodies.JSON)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
