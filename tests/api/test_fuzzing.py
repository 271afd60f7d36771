"""Whatever it is sent, right or wrong by its own document, the API answers as the document says, and never breaks."""

from __future__ import annotations

from contextvars import Context
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, openapi
from schemathesis.checks import CHECKS, load_all_checks

from app.api import SECTIONS
from app.api.endpoints import Endpoint
from app.api.openapi import path_of
from tests.factories import an_organization
from tests.support.examples import examples
from tests.support.platform import Platform

EXAMPLES = examples("FUZZ_EXAMPLES", 6)
"""FUZZ_EXAMPLES=100 looks deeper."""
ENDPOINTS = [endpoint for section in SECTIONS for endpoint in section.endpoints]
SENT = [
    (endpoint, mode)
    for endpoint in ENDPOINTS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or endpoint.body or endpoint.query or "<" in endpoint.path
]


@pytest.mark.one_of_each(by=lambda mode: mode)
@pytest.mark.parametrize(
    ("endpoint", "mode"), SENT, ids=[f"{endpoint.name}-{mode.value}" for endpoint, mode in SENT]
)
def test_the_api_answers_as_documented(app: Flask, endpoint: Endpoint, mode: GenerationMode) -> None:
    load_all_checks()
    platform = Platform(app)
    organization = an_organization(credit="100")
    schema = Context().run(partial(openapi.from_wsgi, "/api/v1/openapi.json", app))
    operation = schema[path_of(endpoint)][endpoint.method]
    known = {"org_id": str(organization.id)} if "<uuid:org_id>" in endpoint.path else None
    # What the document allows can still be refused, in words: a zone that there is not, an address without a mailbox.
    excluded = [CHECKS.get_one("positive_data_acceptance")]
    if endpoint.body is not None and not endpoint.body.decoded:
        # What is wrong with single events of a batch is told in the answer.
        excluded.append(CHECKS.get_one("negative_data_rejection"))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known))
    def call(case: Any) -> None:
        headers = {"Authorization": f"Bearer {platform.text}"}
        Context().run(case.call_and_validate, headers=headers, excluded_checks=excluded)

    call()
