"""Over any walk of the balance: one message for each fall of a level, and one for its recovery."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.billing.alerts import judging
from app.extensions import db
from app.models import AlertDelivery
from tests.support.alerting import a_chat, an_alerted, recipients_channel, tell_about, to
from tests.support.database import another_session, empty
from tests.support.examples import examples

EXAMPLES = examples("ALERT_EXAMPLES", 4)
"""ALERT_EXAMPLES=200 looks further."""

LIMITS = {"low": (100, 110), "under:50000000": (50, 55), "under:20000000": (20, 22), "paused": (0, 1)}
"""In dollars: what each level is below, and where it has recovered."""

looks = st.integers(0, 2)
balances = st.sampled_from((-5, 0, 1, 2, 19, 20, 21, 22, 48, 50, 53, 55, 99, 100, 105, 110, 200))


@settings(
    max_examples=EXAMPLES,
    # Each step is a few transactions: a walk that fails is read, not shrunk.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walk=st.lists(st.tuples(balances, looks), min_size=12, max_size=24))
def test_each_fall_is_told_once_and_each_recovery_once(app: Flask, walk: list[tuple[int, int]]) -> None:
    """The job runs as often as it likes after a step, or not at all. Each channel is told about one level."""
    another_session()
    empty()
    organization, _ = an_alerted(amounts=("50", "20"))
    tell_about(organization, recipients_channel(organization))
    channels = {
        key: a_chat(organization, f"http://127.0.0.1:9/{key}", about=(key, "recovered")).id for key in LIMITS
    }
    down, told = dict.fromkeys(LIMITS, False), dict.fromkeys(LIMITS, False)
    wanted: Counter[tuple[str, str]] = Counter()
    for number, (balance, times) in enumerate(walk):
        to(organization, str(balance), source=str(number), judged=False)
        for key, (under, above) in LIMITS.items():
            fell = balance <= 0 if key == "paused" else balance < under and (key != "low" or balance > 0)
            down[key] = balance < above if down[key] else fell
        for _ in range(times):
            judging.judge(organization.id)
        if times:
            has_ended = any(told[key] and not down[key] for key in LIMITS)
            for key in LIMITS:
                wanted[key, "credit_alert"] += down[key] and not told[key]
                wanted[key, "credit_recovered"] += has_ended and not (down[key] and not told[key])
            told = dict(down)
    rows = db.session.execute(db.select(AlertDelivery.channel_id, AlertDelivery.kind))
    found = Counter((row.channel_id, row.kind) for row in rows)
    assert found == Counter({(channels[key], kind): count for (key, kind), count in wanted.items() if count})
