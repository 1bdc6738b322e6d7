"""Rules of the sample application that no request shows in reasonable time: ages of sessions and tokens, limits."""

import hashlib
import tempfile
import unittest
from pathlib import Path

from sample_app import assets, sessions
from sample_app.accounts import Account, PasswordHash, signed_in
from sample_app.notes import KEPT, PAGE, FileNotes, Note, validated
from sample_app.settings import Settings, SettingsError

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


class TheRest(unittest.TestCase):
    def test_the_stylesheet_has_the_fingerprint_of_its_content_in_its_name(self):
        content = (assets.FOLDER / assets.stylesheet()).read_bytes()
        self.assertEqual(assets.stylesheet(), f"style.{hashlib.sha256(content).hexdigest()[:8]}.css")

    def test_settings_that_are_missing_are_all_named(self):
        with self.assertRaises(SettingsError) as raised:
            Settings.read({})
        self.assertEqual([line.split(":")[0] for line in raised.exception.mistakes], ["APP_ENV", "SECRET_KEY"])


if __name__ == "__main__":
    unittest.main()
