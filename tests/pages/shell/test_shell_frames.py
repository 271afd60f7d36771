"""The frame that the shell shows: who may post into it, the cookie that it has, and what is around its pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app import create_app
from config import Settings
from tests.support.browsing import BrowserClient, Visitor
from tests.support.portal_shell import (
    FRAMED,
    ORIGIN,
    PortalShell,
)
from tests.support.shell_frame import IN_FRAME, enter, is_in

WINDOW = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}


def test_only_the_shells_pages_post_tokens(frame: Visitor, shell: PortalShell) -> None:
    """Else a page anywhere could sign a visitor in as someone else, and see what they enter."""
    for origin, status in ((None, 403), ("null", 403), ("https://evil.example", 403), (ORIGIN, 303)):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
        named = {"Origin": origin} if origin else {}
        answer = frame.client.post("/auth/shell", data={"token": shell.token()}, headers=headers | named)
        assert answer.status_code == status, origin
    assert frame.client.get(f"/auth/shell?token={shell.token()}", headers=FRAMED).status_code != 200


@pytest.mark.long
def test_pages_of_the_shell_send_no_form_of_ours(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token())
    answer = frame.post("/billing/wallet/top-ups", {"amount": "1"}, headers=FRAMED)
    assert answer.status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}
    assert frame.post("/billing/wallet/top-ups", {"amount": "1"}, headers=own).status_code == 422


def test_in_a_frame_on_another_site_the_cookie_is_partitioned_and_elsewhere_lax(
    app: Flask, shell: PortalShell
) -> None:
    same_site = FRAMED | {"Sec-Fetch-Site": "same-site"}
    for headers, is_foreign in ((FRAMED, True), (same_site, False), (WINDOW, False)):
        frame = Visitor(app.test_client())
        answer = frame.client.post("/auth/shell", data={"token": shell.token()}, headers=headers)
        [cookie] = answer.headers.getlist("Set-Cookie")
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        if is_foreign:
            assert cookie.startswith("billing_frame=")
            assert {"secure", "httponly", "path=/", "samesite=none", "partitioned"} <= attributes
        else:
            assert cookie.startswith("billing_session=")
            assert "samesite=lax" in attributes
            assert "partitioned" not in attributes


def test_by_https_the_frames_cookie_is_a_host_cookie(
    app: Flask, settings: Settings, shell: PortalShell
) -> None:
    by_https = create_app(
        replace(
            settings,
            public_url="https://billing.example",
            shell=shell.settings(),
            shell_origins=(ORIGIN,),
        )
    )
    by_https.test_client_class = BrowserClient
    client = by_https.test_client()
    answer = client.post("/auth/shell", data={"token": shell.token()}, headers=FRAMED)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-billing_frame=")
    assert "domain" not in cookie.lower()


@pytest.mark.long
def test_a_window_never_reads_the_frames_cookie(app: Flask, frame: Visitor, shell: PortalShell) -> None:
    """As a browser without partitions would send it."""
    enter(frame, shell.token())
    assert is_in(frame)
    assert frame.get("/billing", headers={"Sec-Fetch-Dest": "document"}).status_code == 302


def test_where_the_browser_keeps_no_cookie_the_page_says_so_and_opens_elsewhere(
    app: Flask, shell: PortalShell
) -> None:
    without = app.test_client(use_cookies=False)
    answer = without.post(
        "/auth/shell", data={"token": shell.token(), "path": "/billing/wallet"}, headers=FRAMED
    )
    with capture_logs() as logs:
        page = without.get(answer.location, headers={"Sec-Fetch-Dest": "iframe"})
    assert page.status_code == 403
    assert "Your browser blocks cookies here" in page.text
    assert 'action="/billing/wallet" target="_blank"' in page.text
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["shell_cookies_blocked"]


def test_in_a_window_that_keeps_no_cookie_no_other_window_is_offered(app: Flask, shell: PortalShell) -> None:
    without = app.test_client(use_cookies=False)
    answer = without.post("/auth/shell", data={"token": shell.token()}, headers=WINDOW)
    page = without.get(answer.location, headers={"Sec-Fetch-Dest": "document"})
    assert "Allow cookies for localhost" in page.text
    assert "_blank" not in page.text


@pytest.mark.long
def test_in_a_frame_there_is_no_header_and_no_sign_out(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token())
    framed = frame.get("/billing", headers=IN_FRAME).text
    assert "<header" not in framed
    assert "Sign out" not in framed
    assert f'<meta name="shell-origins" content="{ORIGIN}">' in framed
    alone = frame.get("/billing").text
    assert "<header" in alone
