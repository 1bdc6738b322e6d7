"""Sessions in a signed cookie, for the plain server; Flask has its own."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from sample_app.settings import Settings

NAME = "session"
_PURPOSE = b"sample-app session cookie\x00"


class SignedCookies:
    """Reads and writes them. What was not signed with a key that counts now is no session."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._keys = settings.session_keys
        self._now = now
        flags = ["Path=/", f"SameSite={settings.cookie_same_site}"]
        flags += ["Secure"] if settings.cookie_secure else []
        flags += ["HttpOnly"] if settings.cookie_http_only else []
        self._flags = "; ".join(flags)

    def read(self, header: str) -> MutableMapping[str, Any]:
        """The session in a Cookie header, or an empty one."""
        try:
            cookie = SimpleCookie(header).get(NAME)
            payload, _, signature = (cookie.value if cookie else "").partition(".")
            # All of them are compared, so that the time does not tell which one it was.
            signatures = [self._signature(payload, key) for key in self._keys.accepted(self._now())]
            if not any([hmac.compare_digest(each, signature) for each in signatures]):
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
        return ("Set-Cookie", f"{NAME}={payload}.{self._signature(payload, self._keys.current)}; {self._flags}")

    @staticmethod
    def _signature(payload: str, key: str) -> str:
        return hmac.new(key.encode(), _PURPOSE + payload.encode(), "sha256").hexdigest()
