"""What the tests of billing share."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.tests.support.stage import PAYS, Stage


@pytest.fixture
def plan(stage: Stage) -> dict[str, Any]:
    """A plan that is paid until 28 February, by a card that works."""
    stage.use(PAYS)
    return stage.subscribe(4900)
