"""Keys as the kit hands them out: one that signs, and earlier ones that are accepted until a moment."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

SHORTEST_KEY = 32
"""Characters of a key; the kit makes 64."""


@dataclass(frozen=True)
class Fallback:
    """A key that signs nothing any more."""

    key: str = field(repr=False)
    until: float
    """Seconds since 1970."""


@dataclass(frozen=True)
class Keyring:
    """The keys of one purpose."""

    current: str = field(repr=False)
    fallbacks: tuple[Fallback, ...] = ()

    @classmethod
    def parse(cls, current: str, fallbacks: str) -> Keyring:
        """Reads `[{"key", "until"}]`, the moment in UTC; raises ValueError for anything else."""
        try:
            listed = tuple(Fallback(_key(each["key"]), _moment(each["until"])) for each in json.loads(fallbacks))
        except (ValueError, TypeError, KeyError, AttributeError):
            # Whatever is wrong with it, the error must not quote a key.
            raise ValueError("not a list of keys with their ends") from None
        return cls(current, listed)

    def accepted(self, now: float) -> list[str]:
        """Every key whose signature counts now, the one that signs first."""
        return [self.current, *(each.key for each in self.fallbacks if now < each.until)]


def key_id(key: str) -> str:
    """The key's JWK thumbprint (RFC 7638), as the kit's log names it."""
    document = json.dumps({"k": base64url(key.encode()), "kty": "oct"}, separators=(",", ":"))
    return base64url(sha256(document.encode()).digest())


def base64url(content: bytes) -> str:
    """Base64 for URLs, without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _key(value: object) -> str:
    if not isinstance(value, str) or len(value) < SHORTEST_KEY:
        raise ValueError("not a key")
    return value


def _moment(value: str) -> float:
    if not value.endswith("Z"):
        raise ValueError("not a moment in UTC")
    return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
