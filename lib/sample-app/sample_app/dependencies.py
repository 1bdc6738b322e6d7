"""What the app leans on, and whether it is there."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sample_app.settings import Address, Settings


@dataclass(frozen=True)
class Dependency:
    """Something that the app needs, or is better with."""

    name: str
    check: Callable[[], None]
    """Returns when it works, raises when it does not, and does either within seconds."""
    needed: bool
    """Without a needed one the app is unavailable, without another it is degraded."""


def reachable(address: Address, seconds: float) -> Callable[[], None]:
    """A check that something accepts connections there."""

    def check() -> None:
        socket.create_connection((address.host, address.port), timeout=seconds).close()

    return check


def dependencies_of(settings: Settings) -> tuple[Dependency, ...]:
    """The database and the cache, as far as the settings name them."""
    found = []
    if settings.database:
        found.append(Dependency("database", reachable(settings.database, settings.connect_seconds), needed=True))
    if settings.cache:
        found.append(Dependency("cache", reachable(settings.cache, settings.connect_seconds), needed=False))
    return tuple(found)


def states(dependencies: Iterable[Dependency]) -> dict[str, bool]:
    """Which of them work now."""
    return {dependency.name: _works(dependency) for dependency in dependencies}


def status_of(dependencies: Iterable[Dependency]) -> str:
    """The app's own state in one word: ok, degraded or unavailable."""
    failing = [dependency for dependency in dependencies if not _works(dependency)]
    if any(dependency.needed for dependency in failing):
        return "unavailable"
    return "degraded" if failing else "ok"


def _works(dependency: Dependency) -> bool:
    try:
        dependency.check()
    except Exception:  # Whatever is wrong with it, it does not work; why is not for whoever asks for health.
        return False
    return True
