"""Sessions in a signed cookie, for the plain server; Flask has its own."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from sample_app.settings import Settings

NAME = "session"
_PURPOSE = b"sample-app session cookie\x00"


class SignedCookies:
    """Reads and writes them. What was not signed with our key is no session."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.secret_key.encode()
        flags = ["Path=/", f"SameSite={settings.cookie_same_site}"]
        flags += ["Secure"] if settings.cookie_secure else []
        flags += ["HttpOnly"] if settings.cookie_http_only else []
        self._flags = "; ".join(flags)

    def read(self, header: str) -> MutableMapping[str, Any]:
        """The session in a Cookie header, or an empty one."""
        try:
            cookie = SimpleCookie(header).get(NAME)
            payload, _, signature = (cookie.value if cookie else "").partition(".")
            if not hmac.compare_digest(self._signature(payload), signature):
                return {}
            found = json.loads(urlsafe_b64decode(payload))
        except (CookieError, TypeError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def header(self, session: MutableMapping[str, Any]) -> tuple[str, str]:
        """The header that gives the client this session, or takes an empty one away."""
        if not session:
            return ("Set-Cookie", f"{NAME}=; Max-Age=0; {self._flags}")
        payload = urlsafe_b64encode(json.dumps(session).encode()).decode()
        return ("Set-Cookie", f"{NAME}={payload}.{self._signature(payload)}; {self._flags}")

    def _signature(self, payload: str) -> str:
        return hmac.new(self._key, _PURPOSE + payload.encode(), "sha256").hexdigest()
