"""Emails about limits on spend."""

from __future__ import annotations

from app.notify.emails import Email, LimitMoreAsked, LimitMoreDecided, LimitReached
from tests.factories import at, usd
from tests.notify.emails.samples.top_ups import ID

ABOUT_MONEY: list[Email] = [
    *(
        LimitReached(
            what="Campaign Spring recall",
            per="a day",
            amount=usd("30"),
            spent=usd("24.10"),
            percent=percent,
            stops=stops,
            starts_again_at=at("2026-11-25 05:00"),
            at=at("2026-11-24 14:05"),
        )
        for percent in (80, 100)
        for stops in (True, False)
    ),
    LimitReached(
        what="Campaign Spring recall",
        per="a day",
        amount=usd("0"),
        spent=usd("0"),
        percent=100,
        stops=True,
        starts_again_at=at("2026-11-25 05:00"),
        at=at("2026-11-24 14:05"),
    ),
    *(
        LimitMoreAsked(
            request_id=ID,
            what="Campaign Spring recall",
            per="a day",
            amount=usd("30"),
            wanted=usd("50"),
            by="ben@harbor.example",
            note=note,
            until=until,
            at=at("2026-11-24 14:05"),
        )
        for note, until in (("", None), ("Friday's recall <b>", at("2026-11-27 05:00")))
    ),
    *(
        LimitMoreDecided(
            limit_id=ID,
            what="Campaign Spring recall",
            per="a day",
            wanted=usd("50"),
            is_approved=until is not None,
            by="dana@harbor.example",
            until=until,
            at=at("2026-11-24 14:05"),
        )
        for until in (None, at("2026-11-25 05:00"))
    ),
]
