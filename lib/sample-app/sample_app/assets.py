"""Static files: which there are, and how long they may be kept."""

from __future__ import annotations

import re
from pathlib import Path

FILE_METHODS = "GET, HEAD"
FOLDER = Path(__file__).parent / "static"
_FINGERPRINT = re.compile(r"\.[0-9a-f]{8}\.[a-z0-9]+$")


def cache_control(name: str) -> str:
    """A file whose name has the fingerprint of its content never changes; another may, within the hour."""
    return "public, max-age=31536000, immutable" if _FINGERPRINT.search(name) else "public, max-age=3600"


def stylesheet() -> str:
    """Name of the stylesheet, which has its fingerprint in it."""
    return next(file.name for file in sorted(FOLDER.glob("style.*.css")))


MARK = "mark.svg"
