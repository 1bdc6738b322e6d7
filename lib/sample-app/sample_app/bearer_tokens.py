"""JSON web tokens (RFC 7519) signed with HMAC-SHA-256, whose `kid` names the key that signed them."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode
from typing import Any

from sample_app.keyring import Keyring, base64url, key_id

SECONDS = 15 * 60
"""A token can't be taken back, so it is short."""


def issue(keyring: Keyring, user: str, now: float) -> str:
    """A token that says who its bearer is."""
    header = {"alg": "HS256", "kid": key_id(keyring.current), "typ": "JWT"}
    claims = {"exp": int(now) + SECONDS, "iat": int(now), "sub": user}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{_signature(keyring.current, signed)}"


def user_of(keyring: Keyring, token: str, now: float) -> str | None:
    """Whose token it is, when it was signed by the key that it names, the key is accepted, and it is in time."""
    signed, _, signature = token.rpartition(".")
    header, _, claims = signed.partition(".")
    named, said = _read(header), _read(claims)
    keys = {key_id(key): key for key in keyring.accepted(now)}
    key = keys.get(str(named.get("kid")))
    # The token does not choose how it is checked.
    if key is None or named.get("alg") != "HS256":
        return None
    if not hmac.compare_digest(_signature(key, signed).encode(), signature.encode()):
        return None
    user, end = said.get("sub"), said.get("exp")
    return user if isinstance(user, str) and isinstance(end, int) and now < end else None


def _signature(key: str, signed: str) -> str:
    return base64url(hmac.digest(key.encode(), signed.encode(), "sha256"))


def _part(value: dict[str, Any]) -> str:
    return base64url(json.dumps(value, separators=(",", ":")).encode())


def _read(part: str) -> dict[str, Any]:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
