"""The application without any package: WSGI from the standard library, where Flask can't be installed.

It answers what Flask's would. Its sessions are cookies of the same name that hold the same things, signed in a form of
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from hashlib import sha256
from http import HTTPStatus
from mimetypes import guess_type
from typing import Any

from sample_app.assets import FILE_METHODS, FOLDER, cache_control
from sample_app.core import LARGEST_BODY, Core
from sample_app.exchange import Answer, Request
from sample_app.settings import Settings
from sample_app.signed_cookie import SignedCookies

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


def create_app(settings: Settings, **parts: Any) -> WsgiApp:
    """Makes the app. `parts` are those of `Core`, for tests."""
    core = Core(settings, **parts)
    cookies = SignedCookies(settings, core.now)
    # Only what is listed here can be asked for: no path is ever joined to a folder.
    files = {settings.paths.static + file.name: _file(file.name, file.read_bytes()) for file in FOLDER.iterdir()}

    def app(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        session = cookies.read(environ.get("HTTP_COOKIE", ""))
        before = dict(session)
        problem, body = _body(environ)
        request = _asked(environ, body, session)
        if problem:
            answer = core.error(request, problem)
        elif request.path in files:
            usual = request.method in ("GET", "HEAD")
            refused = core.error(request, 405, ("Allow", FILE_METHODS))
            answer = _unless_kept(request, files[request.path]) if usual else refused
        else:
            answer = core.answer(request)
        headers = list(answer.headers)
        if session != before:
            headers.append(cookies.header(session))
        if answer.status not in (204, 304):
            headers.append(("Content-Length", str(len(answer.body))))
        start(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [] if request.method == "HEAD" else [answer.body]

    return app


def _body(environ: Environ) -> tuple[int | None, bytes]:
    """The body, or the status of the error that stands in its way. Only a body of a stated length is read."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return 411, b""
    if not (length.isascii() and length.isdigit()):
        return 400, b""
    if int(length) > LARGEST_BODY:
        return 413, b""
    return None, environ["wsgi.input"].read(int(length))


def _asked(environ: Environ, body: bytes, session: MutableMapping[str, Any]) -> Request:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    # One proxy stands before us and sets each of these, as for Flask's ProxyFix(x_for=1, x_proto=1, x_host=1).
    scheme = _last(headers.get("x-forwarded-proto")) or environ["wsgi.url_scheme"]
    host = _last(headers.get("x-forwarded-host")) or headers.get("host", "")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace") or "/",
        query=environ.get("QUERY_STRING", ""),
        scheme=scheme,
        host=host.removesuffix(":443" if scheme == "https" else ":80"),
        client=_last(headers.get("x-forwarded-for")) or environ.get("REMOTE_ADDR", ""),
        request_id=headers.get("x-request-id", ""),
        user_agent=headers.get("user-agent", ""),
        content_type=environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower(),
        headers=headers,
        body=body,
        session=session,
    )


def _last(value: str | None) -> str:
    return (value or "").split(",")[-1].strip()


def _file(name: str, content: bytes) -> Answer:
    kind = guess_type(name)[0] or "application/octet-stream"
    return Answer(
        200,
        content,
        (
            ("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind),
            ("Cache-Control", cache_control(name)),
            ("ETag", f'"{sha256(content).hexdigest()[:32]}"'),
        ),
    )


def _unless_kept(request: Request, answer: Answer) -> Answer:
    """The file, or 304 when the client has this very one."""
    tag = dict(answer.headers)["ETag"]
    kept = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag not in kept and "*" not in kept:
        return answer
    return Answer(304, b"", tuple(each for each in answer.headers if each[0] != "Content-Type"))
