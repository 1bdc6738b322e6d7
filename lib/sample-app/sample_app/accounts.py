"""Who may sign in. Passwords are kept as Werkzeug writes them, so that both servers read the same ones."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

NAME = re.compile(r"[A-Za-z0-9_]{3,20}")
LONGEST_PASSWORD = 128
"""Characters: hashing must not become a way to keep the app busy."""
LEAST_ROUNDS = 600_000
"""OWASP's password storage cheat sheet, PBKDF2 with HMAC-SHA256."""


@dataclass(frozen=True)
class PasswordHash:
    """PBKDF2 with HMAC-SHA256, as `werkzeug.security.generate_password_hash` writes it."""

    rounds: int
    salt: str
    digest: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> PasswordHash:
        """Reads `pbkdf2:sha256:<rounds>$<salt>$<hex>`; raises ValueError for anything else or too few rounds."""
        method, salt, digest = text.split("$")
        name, algorithm, rounds = method.split(":")
        if (name, algorithm) != ("pbkdf2", "sha256") or int(rounds) < LEAST_ROUNDS or not salt:
            raise ValueError("not a hash of enough rounds")
        return cls(int(rounds), salt, bytes.fromhex(digest))

    def fits(self, password: str) -> bool:
        """Whether this is the password, in a time that does not depend on it."""
        found = hashlib.pbkdf2_hmac("sha256", password.encode(), self.salt.encode(), self.rounds)
        return hmac.compare_digest(found, self.digest)


NOBODY = PasswordHash(LEAST_ROUNDS, "nobody", bytes(32))
"""What a name without an account is compared with, so that an answer's time does not tell which names exist."""


@dataclass(frozen=True)
class Account:
    """One account."""

    name: str
    password: PasswordHash
    admin: bool
    active: bool


def signed_in(accounts: Iterable[Account], name: str, password: str) -> Account | None:
    """The account of this name and password, when it may sign in."""
    if not NAME.fullmatch(name) or not 0 < len(password) <= LONGEST_PASSWORD:
        return None
    account = find(accounts, name)
    fits = (account.password if account else NOBODY).fits(password)
    return account if account and fits and account.active else None


def find(accounts: Iterable[Account], name: object) -> Account | None:
    """The account of this name."""
    return next((account for account in accounts if account.name == name), None)
