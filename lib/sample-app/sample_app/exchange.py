"""What a request and its answer are, free of any framework."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

JSON = "application/json"
HTML = "text/html; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """One request, as the proxy vouches for it."""

    method: str
    path: str
    query: str
    scheme: str
    host: str
    client: str
    """The client's address: the proxy's word, not the client's."""
    request_id: str
    user_agent: str
    content_type: str
    """Without parameters, in lower case."""
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    session: MutableMapping[str, Any] = field(repr=False)

    def form(self) -> dict[str, str]:
        """Fields of an HTML form; of a repeated one the first."""
        if self.content_type != FORM:
            return {}
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
        return {name: values[0] for name, values in fields.items()}

    def json(self) -> object:
        """The JSON value in the body, or nothing when there is none that can be read."""
        if self.content_type != JSON:
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def parameter(self, name: str) -> str | None:
        """One parameter of the query."""
        return parse_qs(self.query, max_num_fields=50).get(name, [None])[0]

    def url(self, path: str) -> str:
        """A path as an address that the client can open."""
        return f"{self.scheme}://{self.host}{path}"


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


# What depends on who asks is kept by nobody else.
PRIVATE = ("Cache-Control", "no-store")


def html(status: int, page: str, *headers: tuple[str, str]) -> Answer:
    """An HTML page."""
    return Answer(status, page.encode(), (("Content-Type", HTML), PRIVATE, *headers))


def data(status: int, value: object, *headers: tuple[str, str]) -> Answer:
    """A JSON value."""
    body = json.dumps(value, ensure_ascii=False).encode() + b"\n"
    return Answer(status, body, (("Content-Type", JSON), PRIVATE, *headers))


def redirect(request: Request, path: str, status: int = 303) -> Answer:
    """Sends the browser to another path by its whole address, which is right only when proxy and app agree on it."""
    return Answer(status, b"", (("Location", request.url(path)), PRIVATE))
