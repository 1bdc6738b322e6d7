"""The HTML pages. Whatever is put into one is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from http import HTTPStatus


class Pages:
    """Pages around one stylesheet."""

    def __init__(self, stylesheet: str, mark: str) -> None:
        self._stylesheet = stylesheet
        self._mark = mark

    def home(self, facts: Mapping[str, str], *, user: str | None, token: str, login: str, admin: str) -> str:
        """Who one is, as the app sees it."""
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
        leave = (
            f'<form method="post" action="/logout">{_hidden(token)}<button>Sign out</button></form>'
            f'<p><a href="{escape(admin)}">Administration</a></p>'
            if user
            else f'<p><a href="{escape(login)}">Sign in</a></p>'
        )
        return self._page("Who you are", f"<table>{rows}</table>{leave}")

    def login(self, path: str, token: str, problem: str | None = None) -> str:
        """The login form."""
        told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
        return self._page(
            "Sign in",
            f'{told}<form method="post" action="{escape(path)}">{_hidden(token)}'
            '<label>Name <input name="name" autocomplete="username" maxlength="20" required autofocus></label>'
            '<label>Password <input name="password" type="password" autocomplete="current-password" '
            'maxlength="128" required></label><button>Sign in</button></form>',
        )

    def admin(self, facts: Mapping[str, str]) -> str:
        """What an administrator may see."""
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
        return self._page("Administration", f'<table>{rows}</table><p><a href="/">Back</a></p>')

    def error(self, status: int) -> str:
        """An error, by its name alone."""
        return self._page(HTTPStatus(status).phrase, '<p><a href="/">Back to the start</a></p>')

    def _page(self, title: str, content: str) -> str:
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="stylesheet" href="{escape(self._stylesheet)}"><link rel="icon" href="{escape(self._mark)}">'
            f'</head><body><header><img src="{escape(self._mark)}" alt="" width="32" height="32"> Sample application'
            f"</header><main><h1>{escape(title)}</h1>{content}</main></body></html>\n"
        )


def _hidden(token: str) -> str:
    return f'<input type="hidden" name="token" value="{escape(token)}">'
