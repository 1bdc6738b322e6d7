"""The settings, from the variables that the kit hands to a container, and a few of the app's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_app.accounts import Account, PasswordHash
from sample_app.keyring import SHORTEST_KEY, Keyring

TIERS = ("development", "staging", "production")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """Every mistake in the settings, each by the variable's name. Never holds a value that may be secret."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Address:
    """Where a dependency listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Paths:
    """Where the app answers; the defaults are those of the environment's configuration."""

    logins: tuple[str, ...] = ("/login",)
    api: str = "/api/"
    admin: str = "/admin/"
    static: str = "/static/"
    health: str = "/health"
    liveness: str = "/health/liveness"
    readiness: str = "/health/readiness"


@dataclass(frozen=True)
class Settings:
    """Everything that the app is told."""

    tier: str
    release: str
    log_level: str
    session_keys: Keyring
    token_keys: Keyring
    cookie_secure: bool
    cookie_http_only: bool
    cookie_same_site: str
    folder: Path
    """The one folder that may be written."""
    database: Address | None
    cache: Address | None
    connect_seconds: int
    accounts: tuple[Account, ...]
    paths: Paths
    trial: bool
    """Whether routes exist that only a trial needs: a slow one and a failing one."""

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Settings:
        """Reads them all, or raises a `SettingsError` with every mistake."""
        reader = _Reader(variables)
        tier = reader.choice("APP_ENV", TIERS)
        trial = reader.switch("SAMPLE_TRIAL", default=False)
        if trial and tier == "production":
            reader.mistake("SAMPLE_TRIAL", "a trial's routes are not for production", "0", "0")
        for name in ("FLASK_DEBUG", "TESTING"):
            if reader.switch(name, default=False):
                reader.mistake(name, "debugging can be reached by everybody", "0", "0")
        settings = cls(
            tier=tier,
            release=variables.get("RELEASE", ""),
            log_level=reader.choice("LOG_LEVEL", LEVELS, default="INFO"),
            session_keys=reader.keyring("SECRET_KEY"),
            token_keys=reader.keyring("JWT_SECRET_KEY"),
            cookie_secure=reader.switch("SESSION_COOKIE_SECURE", default=True),
            cookie_http_only=reader.switch("SESSION_COOKIE_HTTPONLY", default=True),
            cookie_same_site=reader.choice("SESSION_COOKIE_SAMESITE", ("Lax", "Strict"), default="Lax"),
            folder=Path(variables.get("TMPDIR", "/tmp")),
            database=reader.address("PGHOST", "PGPORT", 5432),
            cache=reader.address("REDIS_HOST", "REDIS_PORT", 6379),
            connect_seconds=reader.whole("PGCONNECT_TIMEOUT", 1, 30, 5),
            accounts=reader.accounts("SAMPLE_ACCOUNTS"),
            paths=reader.paths(),
            trial=trial,
        )
        if settings.session_keys.current and settings.session_keys.current == settings.token_keys.current:
            example = "the output of: openssl rand -hex 32"
            reader.mistake("JWT_SECRET_KEY", "it is SECRET_KEY", "a key of its own", example)
        if reader.mistakes:
            raise SettingsError(reader.mistakes)
        return settings


class _Reader:
    """Reads variables and remembers what was wrong."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.mistakes: list[str] = []

    def mistake(self, name: str, problem: str, expected: str, example: str) -> None:
        self.mistakes.append(f"{name}: {problem}. Expected {expected}, for example {example}.")

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.variables.get(name) or default
        if value in allowed:
            return value
        found = "it is missing" if value is None else f"'{value}' is unknown"
        self.mistake(name, found, ", ".join(allowed), allowed[0])
        return allowed[0]

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.variables.get(name) or ("1" if default else "0")
        if value not in ("0", "1"):
            self.mistake(name, f"'{value}' is neither on nor off", "1 or 0", "1" if default else "0")
        return value == "1"

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        value = self.variables.get(name) or str(default)
        if value.isascii() and value.isdigit() and least <= int(value) <= most:
            return int(value)
        self.mistake(name, f"'{value}' is out of range", f"a whole number from {least} to {most}", str(default))
        return default

    def key(self, name: str) -> str:
        value = self.variables.get(name, "")
        if len(value) < SHORTEST_KEY:
            found = f"it has {len(value)} characters" if value else "it is missing"
            example = "the output of: openssl rand -hex 32"
            self.mistake(name, found, f"at least {SHORTEST_KEY} characters made by chance", example)
        return value

    def keyring(self, name: str) -> Keyring:
        fallbacks = f"{name}_FALLBACKS"
        try:
            return Keyring.parse(self.key(name), self.variables.get(fallbacks) or "[]")
        except ValueError:
            example = '[{"key": "…", "until": "2026-11-28T00:00:00Z"}]'
            self.mistake(fallbacks, "it can't be read", "a JSON list of keys with their ends in UTC", example)
            return Keyring("")

    def address(self, host: str, port: str, default: int) -> Address | None:
        number = self.whole(port, 1, 65535, default)
        name = self.variables.get(host)
        return Address(name, number) if name else None

    def path(self, name: str, default: str) -> str:
        value = self.variables.get(name) or default
        if not value.startswith("/") or value.startswith("//"):
            self.mistake(name, f"'{value}' is no path", "an absolute path", default)
        return value

    def paths(self) -> Paths:
        usual = Paths()
        logins = self.variables.get("SAMPLE_LOGIN_PATHS") or ",".join(usual.logins)
        if not all(path.startswith("/") for path in logins.split(",")):
            self.mistake("SAMPLE_LOGIN_PATHS", f"'{logins}' is no list of paths", "paths with commas", "/login")
        return Paths(
            logins=tuple(logins.split(",")),
            api=self.path("SAMPLE_API_PATH", usual.api).rstrip("/") + "/",
            admin=self.path("SAMPLE_ADMIN_PATH", usual.admin).rstrip("/") + "/",
            static=self.path("SAMPLE_STATIC_PATH", usual.static).rstrip("/") + "/",
            health=self.path("SAMPLE_HEALTH_PATH", usual.health),
            liveness=self.path("SAMPLE_LIVENESS_PATH", usual.liveness),
            readiness=self.path("SAMPLE_READINESS_PATH", usual.readiness),
        )

    def accounts(self, name: str) -> tuple[Account, ...]:
        try:
            listed: Any = json.loads(self.variables.get(name) or "[]")
            return tuple(
                Account(
                    name=str(each["name"]),
                    password=PasswordHash.parse(str(each["password"])),
                    admin=each.get("admin") is True,
                    active=each.get("active") is not False,
                )
                for each in listed
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            example = '[{"name": "operator", "password": "pbkdf2:sha256:600000$…$…", "admin": true}]'
            self.mistake(name, "it can't be read", "a JSON list of accounts with hashed passwords", example)
            return ()
