"""Notes: what the JSON API lists and creates."""

from __future__ import annotations

import fcntl
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

LONGEST_TITLE = 80
LONGEST_TEXT = 500
KEPT = 100
PAGE = 20

_TAGS = re.compile(r"<[^>]*>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Note:
    """One note."""

    title: str
    text: str
    author: str


class NoteStore(Protocol):
    """Where notes are kept."""

    def latest(self) -> list[Note]:
        """The latest ones, newest first, at most a page."""
        ...

    def add(self, note: Note) -> None:
        """Keeps one more."""
        ...


class FileNotes:
    """Notes in one file of the copy's own folder, which its workers share. They end with the copy."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "sample-app-notes.jsonl"

    def latest(self) -> list[Note]:
        """The latest ones, newest first, at most a page."""
        try:
            lines = self._file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [Note(**json.loads(line)) for line in reversed(lines[-PAGE:])]

    def add(self, note: Note) -> None:
        """Keeps one more and lets go of the oldest; readers see the file before or after, never in between."""
        with open(self._file.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = self._file.read_text("utf-8").splitlines() if self._file.exists() else []
            lines = [*before[-(KEPT - 1) :], json.dumps(asdict(note))]
            written = self._file.with_suffix(".new")
            written.write_text("\n".join(lines) + "\n", "utf-8")
            os.replace(written, self._file)


def validated(value: object, author: str) -> Note | dict[str, str]:
    """The note that somebody sent, or what is wrong with each field of it."""
    if not isinstance(value, dict):
        return {"": "Expected a JSON object with title and text."}
    problems = {name: "Unknown field." for name in value if name not in ("title", "text")}
    fields: dict[str, str] = {}
    for name, longest in (("title", LONGEST_TITLE), ("text", LONGEST_TEXT)):
        given = value.get(name)
        cleaned = _CONTROLS.sub("", _TAGS.sub("", given)).strip() if isinstance(given, str) else ""
        if not 1 <= len(cleaned) <= longest:
            problems[name] = f"Expected text of 1 to {longest} characters."
        fields[name] = cleaned
    return problems or Note(**fields, author=author)
