"""What the page and the panel show, in few statements."""

from __future__ import annotations

from flask import Flask

from app.billing.alerts import views
from app.models import ChannelKind
from app.transaction import transaction
from tests.factories import an_organization
from tests.support.alerting import a_chat, a_listener, a_member, an_alerted
from tests.support.statements import statements


def test_the_page_in_few_statements_however_many_channels(app: Flask) -> None:
    organization, owner = an_alerted(amounts=("50",), hours=(4,))
    for number in range(4):
        a_chat(organization, f"http://127.0.0.1:9/{number}")
    a_listener(organization, owner, "low", "digest")
    a_listener(organization, a_member(organization), "paused")
    with statements() as read:
        page = views.gather(organization)
    assert len(read) <= 6
    assert [level.key for level in page.levels] == ["hours:4", "low", "under:50000000", "paused"]
    mine = next(one for one in page.channels if one.name == owner.email)
    theirs = next(one for one in page.channels if one.person == "Kim Park")
    assert (mine.sees_billing, mine.gets_digest, mine.about) == (True, True, {"low", "digest"})
    assert (theirs.sees_billing, theirs.gets_digest) == (False, False)
    assert page.channels[1].address == "127.0.0.1/…ttp:" or page.channels[1].address.startswith("127.0.0.1/…")


def test_the_panel_is_one_statement(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    chat = a_chat(organization, kind=ChannelKind.TEAMS)
    with transaction():
        chat.off_at = chat.created_at
    with statements() as read:
        assert views.panel(organization.id) == views.Panel(levels=3, channels=1, off=1)
    assert len(read) == 1
    assert views.panel(an_organization().id) == views.Panel(levels=2, channels=1, off=0)
