"""The application itself: every route and what it answers, whichever way it is served."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from sample_app import assets, bearer_tokens, sessions
from sample_app.accounts import Account, find, signed_in
from sample_app.dependencies import Dependency, dependencies_of, states, status_of
from sample_app.events import Events
from sample_app.exchange import JSON, PRIVATE, Answer, Request, data, html, redirect
from sample_app.notes import FileNotes, Note, NoteStore, validated
from sample_app.pages import Pages
from sample_app.settings import Settings

LARGEST_BODY = 64 * 1024
"""Bytes. The proxy's own limit is lower; this one holds where there is no proxy."""
LONGEST_PAUSE = 30.0
"""Seconds that the slow route may take."""

Handler = Callable[[Request], Answer]


class Core:
    """Routes by path and method. An adapter turns what it is given into a `Request` and sends the `Answer`."""

    def __init__(
        self,
        settings: Settings,
        *,
        dependencies: Sequence[Dependency] | None = None,
        notes: NoteStore | None = None,
        events: Events | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.dependencies = dependencies_of(settings) if dependencies is None else tuple(dependencies)
        self.notes = notes or FileNotes(settings.folder)
        self.events = events or Events()
        self.now = now
        static = settings.paths.static
        self.pages = Pages(static + assets.stylesheet(), static + assets.MARK)
        self.routes = self._routes()

    def _routes(self) -> Mapping[str, Mapping[str, Handler]]:
        paths = self.settings.paths
        login = {"GET": self.login_form, "POST": self.login}
        routes: dict[str, Mapping[str, Handler]] = {
            "/": {"GET": self.home},
            **{path: login for path in paths.logins},
            "/logout": {"POST": self.logout},
            f"{paths.api}whoami": {"GET": self.whoami},
            f"{paths.api}token": {"POST": self.token},
            f"{paths.api}notes": {"GET": self.list_notes, "POST": self.create_note},
            paths.admin: {"GET": self.admin},
            paths.liveness: {"GET": self.liveness},
            paths.readiness: {"GET": self.health},
            paths.health: {"GET": self.health},
        }
        if self.settings.trial:
            routes["/slow"] = {"GET": self.slow}
            routes["/fail"] = {"GET": self.fail}
        return routes

    def answer(self, request: Request) -> Answer:
        """Answers a request, whatever it is and whatever goes wrong."""
        handlers = self.routes.get(request.path)
        if handlers is None:
            if f"{request.path}/" in self.routes:
                return redirect(request, f"{request.path}/", 308)
            return self.error(request, 404)
        if request.method == "OPTIONS":
            return Answer(204, b"", (("Allow", self.allowed(request.path)), PRIVATE))
        handler = handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            return self.error(request, 405, ("Allow", self.allowed(request.path)))
        if len(request.body) > LARGEST_BODY:
            return self.error(request, 413)
        try:
            return handler(request)
        except Exception as error:
            self.events.failure(request, request.session.get("user"), error)
            return self.error(request, 500)

    def allowed(self, path: str) -> str:
        """Methods of a path, as the Allow header lists them."""
        methods = self.routes[path]
        return ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])

    def error(self, request: Request, status: int, *headers: tuple[str, str]) -> Answer:
        """An error: its name alone, as JSON for the API and as a page otherwise."""
        if request.path.startswith(self.settings.paths.api):
            return data(status, {"error": HTTPStatus(status).phrase}, *headers)
        return html(status, self.pages.error(status), *headers)

    # Pages

    def home(self, request: Request) -> Answer:
        """Who one is. Sets a cookie without any attribute, to show what the proxy makes of it."""
        user = self._user(request)
        paths = self.settings.paths
        page = self.pages.home(
            {**self._client(request), "User": user or "nobody signed in"},
            user=user,
            token=sessions.token_of(request.session, self.now()),
            login=paths.logins[0],
            admin=paths.admin,
        )
        return html(200, page, ("Set-Cookie", "visited=1"))

    def login_form(self, request: Request) -> Answer:
        """The login form."""
        token = sessions.token_of(request.session, self.now())
        return html(200, self.pages.login(request.path, token))

    def login(self, request: Request) -> Answer:
        """Signs in, from the form with its token or from JSON, which no other site's form can send."""
        as_json = request.content_type == JSON
        fields = request.json() if as_json else request.form()
        given = fields if isinstance(fields, dict) else {}
        name, password = str(given.get("name", "")), str(given.get("password", ""))
        if not as_json and not sessions.token_fits(request.session, given.get("token"), self.now()):
            return self._forged(request)
        account = signed_in(self.settings.accounts, name, password)
        # A name that nobody has may be a password typed into the wrong field.
        known = name if find(self.settings.accounts, name) else None
        self.events.security(request, "login", user=known, action="sign in", result="success" if account else "failure")
        if account is None:
            problem = "Name or password is wrong."
            if as_json:
                return data(401, {"error": problem})
            token = sessions.token_of(request.session, self.now())
            return html(401, self.pages.login(request.path, token, problem))
        sessions.begin(request.session, account.name, self.now())
        if as_json:
            return data(200, {"user": account.name, "token": sessions.token_of(request.session, self.now())})
        return redirect(request, "/")

    def logout(self, request: Request) -> Answer:
        """Signs out."""
        user = self._user(request)
        if not sessions.token_fits(request.session, request.form().get("token"), self.now()):
            return self._forged(request)
        sessions.end(request.session)
        self.events.security(request, "logout", user=user, action="sign out", result="success")
        return redirect(request, "/")

    def admin(self, request: Request) -> Answer:
        """For administrators only; who came is on record."""
        user = self._user(request)
        if user is None:
            return redirect(request, self.settings.paths.logins[0])
        account = self._account(user)
        allowed = account is not None and account.admin
        result = "success" if allowed else "failure"
        self.events.security(request, "admin-access", user=user, action="open", result=result)
        if not allowed:
            return self.error(request, 403)
        working = {name: "works" if works else "fails" for name, works in states(self.dependencies).items()}
        return html(200, self.pages.admin({"Tier": self.settings.tier, "Release": self.settings.release, **working}))

    # The JSON API

    def whoami(self, request: Request) -> Answer:
        """Who one is, for machines: by the session, or by a token."""
        user = self._user(request) or self._bearer(request)
        facts = {name.lower(): value for name, value in self._client(request).items()}
        return data(200, {**facts, "user": user})

    def token(self, request: Request) -> Answer:
        """A token for programs, for somebody who is signed in and sends the session's token."""
        user = self._user(request)
        if user is None:
            return self.error(request, 401)
        if not sessions.token_fits(request.session, request.headers.get("x-csrf-token"), self.now()):
            return self._forged(request)
        self.events.security(request, "token", user=user, action="issue", result="success")
        token = bearer_tokens.issue(self.settings.token_keys, user, self.now())
        return data(200, {"token": token, "seconds": bearer_tokens.SECONDS})

    def list_notes(self, request: Request) -> Answer:
        """The latest notes, newest first."""
        if self._user(request) is None:
            return self.error(request, 401)
        notes = self.notes.latest()
        return data(200, {"notes": [{"title": n.title, "text": n.text, "author": n.author} for n in notes]})

    def create_note(self, request: Request) -> Answer:
        """One more note, of somebody who is signed in and sends the session's token."""
        user = self._user(request)
        if user is None:
            return self.error(request, 401)
        if not sessions.token_fits(request.session, request.headers.get("x-csrf-token"), self.now()):
            return self._forged(request)
        if request.content_type != JSON:
            return self.error(request, 415)
        found = validated(request.json(), user)
        if not isinstance(found, Note):
            return data(422, {"error": HTTPStatus(422).phrase, "fields": found})
        self.notes.add(found)
        self.events.security(request, "note", user=user, action="create", result="success")
        return data(201, {"title": found.title, "text": found.text, "author": found.author})

    # Health: the status and nothing else

    def liveness(self, _: Request) -> Answer:
        """Whether the process answers. It asks nothing else, or an outage of the database would restart every copy."""
        return data(200, {"status": "ok"})

    def health(self, _: Request) -> Answer:
        """Whether it can serve: 503 without a needed dependency, "degraded" without another."""
        status = status_of(self.dependencies)
        return data(503 if status == "unavailable" else 200, {"status": status})

    # Of a trial only

    def slow(self, request: Request) -> Answer:
        """Answers after `seconds`: a request in flight while something is stopped."""
        try:
            seconds = min(max(float(request.parameter("seconds") or "1"), 0.0), LONGEST_PAUSE)
        except ValueError:
            return self.error(request, 400)
        time.sleep(seconds)
        return data(200, {"seconds": seconds})

    def fail(self, _: Request) -> Answer:
        """Fails: what a client sees of it, and what the log does."""
        raise RuntimeError("a failure that was asked for")

    # What several of them need

    def _client(self, request: Request) -> dict[str, str]:
        return {"Client": request.client, "Scheme": request.scheme, "Host": request.host}

    def _user(self, request: Request) -> str | None:
        user = sessions.user_of(request.session, self.now())
        if user is None or self._account(user):
            return user
        # The account is gone or was closed since.
        sessions.end(request.session)
        return None

    def _bearer(self, request: Request) -> str | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        user = bearer_tokens.user_of(self.settings.token_keys, token.strip(), self.now())
        return user if user and self._account(user) else None

    def _account(self, user: str) -> Account | None:
        account = find(self.settings.accounts, user)
        return account if account and account.active else None

    def _forged(self, request: Request) -> Answer:
        user = request.session.get("user")
        self.events.security(request, "forged-request", user=user, action=request.method, result="failure")
        return self.error(request, 403)
