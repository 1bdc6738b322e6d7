"""What the app has to say: one JSON object a line on standard output."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from sample_app.exchange import Request


class Writer(Protocol):
    """Where lines go."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...


class Events:
    """Writes security events and failures. What a client sent is data in a JSON string, so it can't forge a line."""

    def __init__(self, stream: Writer | None = None) -> None:
        self._stream = stream
        self._lock = Lock()

    def security(
        self, request: Request, event: str, *, user: str | None, action: str, result: str, **details: object
    ) -> None:
        """Something that an auditor asks for, whether it went well or not."""
        self._write(
            request,
            log="security",
            level="INFO" if result == "success" else "WARNING",
            event=event,
            user=user,
            action=action,
            target=request.path,
            result=result,
            details=details,
        )

    def failure(self, request: Request, user: str | None, error: BaseException) -> None:
        """A fault of the app's: all that is known goes here, and nothing of it to the client."""
        self._write(
            request,
            log="application",
            level="ERROR",
            type=type(error).__name__,
            message=str(error),
            traceback="".join(traceback.format_exception(error)),
            operation=f"{request.method} {request.path}",
            user=user,
        )

    def _write(self, request: Request, **fields: object) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        beside = {"ip": request.client, "user_agent": request.user_agent, "request_id": request.request_id}
        line = json.dumps({"timestamp": now, **fields, **beside}, ensure_ascii=True)
        with self._lock:
            stream = self._stream or sys.stdout
            stream.write(f"{line}\n")
            stream.flush()
