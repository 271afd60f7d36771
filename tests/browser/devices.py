"""Virtual authenticators in a browser: https://www.w3.org/TR/webauthn-3/#sctn-automation"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import CDPSession, Page

from app.models import User
from tests.browser.site import Site
from tests.support.authenticator import Authenticator
from tests.support.factors import a_passkey


class Device:
    """A device that is unlocked by itself, until it is told to refuse."""

    def __init__(self, page: Page) -> None:
        self._browser: CDPSession = page.context.new_cdp_session(page)
        self._browser.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._named: dict[str, Any] = {"authenticatorId": made["authenticatorId"]}

    def unlocks(self, does: bool) -> None:
        """Whether the finger or the PIN is the right one."""
        self._browser.send("WebAuthn.setUserVerified", self._named | {"isUserVerified": does})

    def give_passkey(self, site: Site, person: User) -> None:
        """Let the device have a passkey of the person."""
        known = Authenticator()
        known.origin = site.url
        a_passkey(person, known)
        key = known.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": b64encode(known.credential_id).decode(),
            "isResidentCredential": True,
            "rpId": "localhost",
            "privateKey": b64encode(key).decode(),
            "userHandle": b64encode(person.id.bytes).decode(),
            "signCount": known.count,
        }
        self._browser.send("WebAuthn.addCredential", self._named | {"credential": credential})
