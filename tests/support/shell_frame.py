"""The shell's elements, as the application meets them: what they post into a frame, and what its script asks for."""

from __future__ import annotations

from werkzeug.test import TestResponse

from tests.support.browsing import Visitor
from tests.support.portal_shell import FRAMED

IN_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
FROM_FRAME = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
"""What a browser says of what a script in our frame asks for."""


def enter(frame: Visitor, token: str, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    """Post a token as the shell's element does, and follow where it leads."""
    answer = frame.client.post("/auth/shell", data={"token": token} | fields, headers=headers or FRAMED)
    if answer.status_code != 303:
        return answer
    return frame.get(answer.location, headers={"Sec-Fetch-Dest": (headers or FRAMED)["Sec-Fetch-Dest"]})


def renew(frame: Visitor, token: str) -> TestResponse:
    """Post another token, as the frame's script does."""
    return frame.client.post("/auth/shell", data={"token": token, "renew": "1"}, headers=FROM_FRAME)


def leave(frame: Visitor, headers: dict[str, str] | None = None) -> TestResponse:
    """End the session, as the frame's script does when the shell says so."""
    return frame.client.delete("/auth/shell", headers=headers or FROM_FRAME)


def is_in(frame: Visitor) -> bool:
    """Whether the frame shows someone's billing."""
    return frame.get("/billing", headers=IN_FRAME).status_code == 200
