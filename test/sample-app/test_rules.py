"""Rules of the sample application that no request shows in reasonable time: ages of sessions and tokens, limits."""

import hashlib
import hmac
import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from sample_app import assets, bearer_tokens, sessions
from sample_app.accounts import Account, PasswordHash, signed_in
from sample_app.keyring import Fallback, Keyring, base64url, key_id
from sample_app.notes import KEPT, PAGE, FileNotes, Note, validated
from sample_app.settings import Settings, SettingsError
from sample_app.signed_cookie import SignedCookies

START = 1_000_000.0


class Sessions(unittest.TestCase):
    def setUp(self):
        self.session = {"planted": "value"}
        sessions.begin(self.session, "operator", START)

    def test_a_login_keeps_nothing_of_before(self):
        self.assertNotIn("planted", self.session)

    def test_each_login_has_an_id_of_its_own(self):
        other = {}
        sessions.begin(other, "operator", START)
        self.assertNotEqual(self.session["id"], other["id"])

    def test_ends_after_half_an_hour_without_a_request(self):
        self.assertEqual(sessions.user_of(dict(self.session), START + 1800), "operator")
        self.assertIsNone(sessions.user_of(self.session, START + 1801))
        self.assertEqual(self.session, {})

    def test_is_refreshed_by_each_request_and_ends_after_an_hour_all_the_same(self):
        for minutes in (20, 40, 60):
            self.assertEqual(sessions.user_of(self.session, START + minutes * 60), "operator")
        self.assertIsNone(sessions.user_of(self.session, START + 3601))

    def test_a_token_fits_for_an_hour_and_then_another_is_given(self):
        token = sessions.token_of(self.session, START)
        self.assertTrue(sessions.token_fits(self.session, token, START + 3600))
        self.assertFalse(sessions.token_fits(self.session, token, START + 3601))
        self.assertNotEqual(sessions.token_of(self.session, START + 3601), token)

    def test_no_token_fits_nothing(self):
        self.assertFalse(sessions.token_fits({}, None, START))
        self.assertFalse(sessions.token_fits({}, "", START))
        self.assertFalse(sessions.token_fits(self.session, "", START))


class Accounts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        digest = hashlib.pbkdf2_hmac("sha256", b"right", b"salt", 600_000).hex()
        cls.hash = PasswordHash.parse(f"pbkdf2:sha256:600000$salt${digest}")

    def test_an_inactive_account_is_refused(self):
        for active in (True, False):
            account = Account("operator", self.hash, admin=False, active=active)
            self.assertEqual(signed_in([account], "operator", "right") is account, active)

    def test_a_weak_hash_is_refused(self):
        for text in ("pbkdf2:sha256:1000$salt$00", "md5$salt$00", "pbkdf2:sha1:600000$salt$00", "right"):
            with self.subTest(text), self.assertRaises(ValueError):
                PasswordHash.parse(text)


class Notes(unittest.TestCase):
    def test_keeps_the_latest_hundred_and_shows_a_page(self):
        with tempfile.TemporaryDirectory() as folder:
            store = FileNotes(Path(folder))
            for number in range(KEPT + 5):
                store.add(Note(str(number), "text", "operator"))
            latest = [note.title for note in store.latest()]
            self.assertEqual(latest, [str(KEPT + 4 - number) for number in range(PAGE)])
            lines = (Path(folder) / "sample-app-notes.jsonl").read_text().splitlines()
            self.assertEqual(len(lines), KEPT)

    def test_takes_tags_and_control_characters_out(self):
        found = validated({"title": "<b>Two</b>\x00", "text": "<script>x</script>"}, "operator")
        self.assertEqual(found, Note("Two", "x", "operator"))

    def test_counts_what_is_left(self):
        for title, right in (("x" * 80, True), ("x" * 81, False), ("<b></b>", False), (7, False)):
            with self.subTest(title=title):
                self.assertEqual(isinstance(validated({"title": title, "text": "x"}, "operator"), Note), right)


OLD, NEW = "o" * 64, "n" * 64
DAY = 86_400.0


def within(days):
    """A keyring that signs with the new key and accepts the old one for so many days."""
    return Keyring(NEW, (Fallback(OLD, START + days * DAY),))


class Keyrings(unittest.TestCase):
    def test_a_key_is_accepted_until_its_end_and_not_after(self):
        self.assertEqual(within(7).accepted(START + 7 * DAY - 1), [NEW, OLD])
        self.assertEqual(within(7).accepted(START + 7 * DAY), [NEW])

    def test_is_read_as_the_kit_writes_it(self):
        text = '[{"key": "%s", "kid": "x", "until": "1970-01-12T13:46:40Z"}]' % OLD
        self.assertEqual(Keyring.parse(NEW, text), Keyring(NEW, (Fallback(OLD, START),)))
        self.assertEqual(Keyring.parse(NEW, "[]"), Keyring(NEW))

    def test_no_mistake_quotes_a_key_and_no_key_shows(self):
        endless, misread = '[{"key": "%s"}]' % OLD, '[{"key": "%s", "until": "%s"}]' % (OLD, OLD)
        short = '[{"key": "short", "until": "1970-01-12T13:46:40Z"}]'
        for text in (OLD, "{}x", '["%s"]' % OLD, endless, misread, short, "7", "[7]", "null"):
            with self.subTest(text), self.assertRaises(ValueError) as raised:
                Keyring.parse(NEW, text)
            self.assertNotIn(OLD, str(raised.exception))
        self.assertNotIn(OLD, repr(within(1)))
        self.assertNotIn(NEW, repr(within(1)))

    def test_names_a_key_by_its_thumbprint(self):
        # The same as lambda/common/keyring gives for this key.
        self.assertEqual(key_id(OLD), "p0EzZ9P9rvTZiTZ8Xe4jTbr1OvvhbTvOwtToIUilBio")

    def test_one_key_for_sessions_and_tokens_is_refused(self):
        given = {"APP_ENV": "staging", "SECRET_KEY": OLD, "JWT_SECRET_KEY": OLD}
        with self.assertRaises(SettingsError) as raised:
            Settings.read(given)
        self.assertEqual([line.split(":")[0] for line in raised.exception.mistakes], ["JWT_SECRET_KEY"])

    def test_a_session_of_the_key_before_counts_within_the_grace_and_not_after(self):
        def cookies(keys, now):
            given = {"APP_ENV": "staging", "SECRET_KEY": NEW, "JWT_SECRET_KEY": OLD}
            return SignedCookies(replace(Settings.read(given), session_keys=keys), lambda: now)

        cookie = cookies(Keyring(OLD), START).header({"user": "operator"})[1].split(";")[0]
        self.assertEqual(cookies(within(7), START + 7 * DAY - 1).read(cookie), {"user": "operator"})
        self.assertEqual(cookies(within(7), START + 7 * DAY).read(cookie), {})
        self.assertEqual(cookies(Keyring(NEW), START).read(cookie), {}, "compromised: no grace")


class Tokens(unittest.TestCase):
    def setUp(self):
        self.token = bearer_tokens.issue(Keyring(OLD), "operator", START)

    def test_says_who_its_bearer_is_for_a_quarter_of_an_hour(self):
        self.assertEqual(bearer_tokens.user_of(Keyring(OLD), self.token, START + 899), "operator")
        self.assertIsNone(bearer_tokens.user_of(Keyring(OLD), self.token, START + 900))

    def test_of_the_key_before_counts_within_the_grace_and_not_after(self):
        self.assertEqual(bearer_tokens.user_of(within(7), self.token, START), "operator")
        self.assertIsNone(bearer_tokens.user_of(within(0), self.token, START))
        self.assertIsNone(bearer_tokens.user_of(Keyring(NEW), self.token, START), "compromised: no grace")

    def test_does_not_choose_how_it_is_checked(self):
        _, claims, signature = self.token.split(".")
        kid = key_id(OLD)
        for header in ({"alg": "none", "kid": kid}, {"alg": "HS512", "kid": kid}, {"alg": "HS256"}, {}, [], 7):
            head = base64url(json.dumps(header).encode())
            signed = f"{head}.{claims}"
            right = base64url(hmac.digest(OLD.encode(), signed.encode(), "sha256"))
            for end in ("", signature, right):
                with self.subTest(header=header, end=end):
                    self.assertIsNone(bearer_tokens.user_of(Keyring(OLD), f"{signed}.{end}", START))

    def test_that_is_changed_or_none_is_refused(self):
        head, claims, signature = self.token.split(".")
        other = bearer_tokens.issue(Keyring(OLD), "admin", START).split(".")[1]
        changed = (f"{head}.{other}.{signature}", f"{head}.{claims}", f"{self.token}x")
        for token in ("", ".", "..", "a.b.c", "ä.ö.ü", *changed):
            with self.subTest(token):
                self.assertIsNone(bearer_tokens.user_of(Keyring(OLD), token, START))


class TheRest(unittest.TestCase):
    def test_the_stylesheet_has_the_fingerprint_of_its_content_in_its_name(self):
        content = (assets.FOLDER / assets.stylesheet()).read_bytes()
        self.assertEqual(assets.stylesheet(), f"style.{hashlib.sha256(content).hexdigest()[:8]}.css")

    def test_settings_that_are_missing_are_all_named(self):
        with self.assertRaises(SettingsError) as raised:
            Settings.read({})
        named = [line.split(":")[0] for line in raised.exception.mistakes]
        self.assertEqual(named, ["APP_ENV", "SECRET_KEY", "JWT_SECRET_KEY"])


if __name__ == "__main__":
    unittest.main()
