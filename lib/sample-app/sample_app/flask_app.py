"""The application under Flask: its sessions, its static files, and ProxyFix for who the client is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from sample_app.assets import FILE_METHODS, FOLDER, cache_control
from sample_app.core import LARGEST_BODY, Core
from sample_app.exchange import Answer, Request
from sample_app.keyring import Keyring
from sample_app.settings import Settings


def create_app(settings: Settings, **parts: Any) -> Flask:
    """Makes the app. `parts` are those of `Core`, for tests."""
    core = Core(settings, **parts)
    app = Flask(__name__, static_folder=FOLDER, static_url_path=settings.paths.static.rstrip("/"))
    app.config.update(
        SECRET_KEY=settings.session_keys.current,
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=settings.cookie_http_only,
        SESSION_COOKIE_SAMESITE=settings.cookie_same_site,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
    )
    app.session_interface = _Sessions(settings.session_keys, core.now)
    # One proxy stands before gunicorn, and sets each of these headers itself.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    # A path with doubled slashes is another path; Flask would send the browser on to one without.
    app.url_map.merge_slashes = False

    def view(**_: str) -> Response:
        return _sent(core.answer(_asked()))

    for path, handlers in core.routes.items():
        app.add_url_rule(path, endpoint=path, view_func=view, methods=[*handlers, "OPTIONS"])

    def refuse(error: HTTPException) -> Response:
        response = _sent(core.error(_asked(body=False), error.code or 500))
        if isinstance(error, MethodNotAllowed):
            known = request.path in core.routes
            response.headers["Allow"] = core.allowed(request.path) if known else FILE_METHODS
        return response

    def fail(error: Exception) -> Response:
        asked = _asked(body=False)
        core.events.failure(asked, session.get("user"), error)
        return _sent(core.error(asked, 500))

    app.register_error_handler(HTTPException, refuse)
    app.register_error_handler(Exception, fail)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = cache_control(request.path)
        return response

    return app


class _Sessions(SecureCookieSessionInterface):
    """Flask's own sessions, with the earlier keys that count at the moment and not only at the start."""

    def __init__(self, keys: Keyring, now: Callable[[], float]) -> None:
        self._keys = keys
        self._now = now

    def get_signing_serializer(self, app: Flask) -> Any:
        app.config["SECRET_KEY_FALLBACKS"] = self._keys.accepted(self._now())[1:]
        return super().get_signing_serializer(app)


def _asked(*, body: bool = True) -> Request:
    """The request as the core wants it. An error's may have a body that is too large to be read."""
    return Request(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        scheme=request.scheme,
        host=request.host,
        client=request.remote_addr or "",
        request_id=request.headers.get("X-Request-ID", ""),
        user_agent=request.headers.get("User-Agent", ""),
        content_type=request.mimetype,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data() if body else b"",
        session=session,
    )


def _sent(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status)
    # Response() thinks of a type by itself; the core says it, or there is no body.
    response.headers.remove("Content-Type")
    for name, value in answer.headers:
        response.headers.add(name, value)
    return response
