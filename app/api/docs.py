"""The API reference as web pages: `/api/docs`, generated from the OpenAPI document, and a page for each
problem type."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from app.api import errors, openapi, problems
from app.api.problems import Kind
from app.extensions import limiter

blueprint = Blueprint(errors.PAGES, __name__, url_prefix="/api")
_CODE = re.compile(r"`([^`]+)`")
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "date-time": "time",
    "uuid": "UUID",
}
_METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path, as the page shows it."""

    method: str
    path: str
    about: dict[str, Any]

    @property
    def anchor(self) -> str:
        return str(self.about["operationId"])

    @property
    def scopes(self) -> list[str]:
        return [scope for one in self.about["security"] for scope in one["bearer"]]

    @property
    def sent(self) -> list[tuple[str, dict[str, Any]]]:
        """Request bodies by media type."""
        return list(self.about.get("requestBody", {}).get("content", {}).items())

    @property
    def answers(self) -> list[tuple[str, dict[str, Any]]]:
        return [(status, one) for status, one in self.about["responses"].items() if int(status) < 400]

    @property
    def problems(self) -> list[Kind]:
        return [
            problems.KINDS[name]
            for _, answer in sorted(self.about["responses"].items())
            for media_type, content in answer.get("content", {}).items()
            if media_type == problems.MEDIA_TYPE
            for name in content["examples"]
        ]


def init_app(app: Flask) -> None:
    """Register the pages. They are public: they show no organization's data."""
    app.register_blueprint(blueprint)
    limiter.exempt(blueprint)
    app.add_template_filter(code_html, "code_html")
    app.add_template_filter(type_of, "schema_type")
    app.add_template_filter(_pretty, "pretty_json")


@blueprint.get("/docs")
def show() -> str:
    """The whole document as one page."""
    document = openapi.document()
    operations = [
        Operation(method.upper(), path, about[method])
        for path, about in document["paths"].items()
        for method in _METHODS
        if method in about
    ]
    by_tag = {
        tag["name"]: [one for one in operations if tag["name"] in one.about["tags"]]
        for tag in document["tags"]
    }
    return render_template("api/docs.html", document=document, operations=by_tag)


@blueprint.get("")
@blueprint.get("/v1")
def start() -> AnyResponse:
    """Redirect to the API reference."""
    return redirect(url_for("api_docs.show"))


@blueprint.get("/problems")
def list_problems() -> str:
    """List every problem type."""
    return render_template(
        "api/problems.html", kinds=sorted(problems.KINDS.values(), key=lambda one: one.status)
    )


@blueprint.get("/problems/<name>")
def show_problem(name: str) -> str:
    """The page that the `type` of a problem links to."""
    kind = problems.KINDS.get(name) or abort(404)
    return render_template("api/problem.html", kind=kind)


def code_html(text: str) -> Markup:
    """Render text that contains `code` as HTML."""
    parts = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if position % 2 else escape(part)
        for position, part in enumerate(parts)
    )


def type_of(schema: dict[str, Any]) -> Markup:
    """Describe a schema briefly, with links to its types: `text`, `list of Owner`, `whole number or null`."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[1]
        return Markup('<a href="#type-{}">{}</a>').format(name, name)
    if "anyOf" in schema:
        return Markup(" or ").join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return Markup(" or ").join(
            Markup("<code>{}</code>").format(json.dumps(one)) for one in schema["enum"]
        )
    if schema.get("type") == "array":
        return Markup("list of ") + type_of(schema["items"])
    name = schema.get("format") or schema.get("type", "anything")
    return escape(_WORDS.get(name, name))


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
