"""An authenticator without a device: makes passkeys and signs with them, as a browser hands its answers on."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "http://localhost:8000"

PRESENT, VERIFIED, SYNCABLE, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class Authenticator:
    """One passkey on one device. What an attacker would change can be changed: its fields, and arguments."""

    def __init__(self, *, counts: bool = True) -> None:
        self.key = generate_private_key(SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""
        self.origin = ORIGIN
        self.flags = PRESENT | VERIFIED
        self.count = 1 if counts else 0
        self.counts = counts
        self.client: dict[str, Any] = {}

    def create(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        wanted = json.loads(options)
        self.user_handle = base64url_to_bytes(wanted["user"]["id"])
        identified = b"\x01" * 16 + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(wanted["rp"]["id"], self.flags | ATTESTED) + identified + self._public_key()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": self._client("webauthn.create", wanted["challenge"]),
                "attestationObject": attestation,
            },
            transports=["internal", "hybrid"],
        )

    def get(self, options: str) -> str:
        """The answer to `navigator.credentials.get`."""
        wanted = json.loads(options)
        if self.counts:
            self.count += 1
        client = self._client("webauthn.get", wanted["challenge"])
        data = self._data(wanted["rpId"], self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(parts | ({"userHandle": self.user_handle} if self.user_handle else {}))

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told | self.client).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, parts: dict[str, bytes], **told: Any) -> str:
        id_ = bytes_to_base64url(self.credential_id)
        response = {name: bytes_to_base64url(value) for name, value in parts.items()} | told
        return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": response})
