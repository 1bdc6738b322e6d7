"""Rules of a session: how long it lasts, how it begins and ends, and its token against forged requests."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import MutableMapping
from typing import Any

IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 60 * 60
TOKEN_SECONDS = 3600

Session = MutableMapping[str, Any]


def begin(session: Session, user: str, now: float) -> None:
    """Starts anew: nothing of what came before the login is kept, so a planted session is worth nothing."""
    session.clear()
    session.update(id=secrets.token_hex(8), user=user, started=int(now), seen=int(now))


def end(session: Session) -> None:
    """Forgets everything."""
    session.clear()


def user_of(session: Session, now: float) -> str | None:
    """Who is signed in. A session that is too old ends here; one that is not is refreshed."""
    user = session.get("user")
    if user is None:
        return None
    if now - session.get("seen", 0) > IDLE_SECONDS or now - session.get("started", 0) > ABSOLUTE_SECONDS:
        end(session)
        return None
    session["seen"] = int(now)
    return str(user)


def token_of(session: Session, now: float) -> str:
    """The token that forms of this session carry; a new one when there is none or it grew old."""
    if not _fresh(session, now):
        session["token"] = secrets.token_urlsafe(24)
        session["token_at"] = int(now)
    return str(session["token"])


def token_fits(session: Session, given: str | None, now: float) -> bool:
    """Whether a request carries the token of its session."""
    return bool(given) and _fresh(session, now) and hmac.compare_digest(str(session["token"]), given or "")


def _fresh(session: Session, now: float) -> bool:
    return "token" in session and now - session.get("token_at", 0) <= TOKEN_SECONDS
