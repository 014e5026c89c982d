# SPDX-License-Identifier: Apache-2.0
"""Mails leave by SMTP through a real server; without one they wait in the outbox and can be read."""
import pathlib
import sys
import unittest

from aiosmtpd.controller import Controller

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from box import Box, until  # noqa: E402
from jalon import Api, Server, free_port  # noqa: E402


class Mail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box, cls.port = Box(), free_port()
        cls.smtp = Controller(cls.box, hostname="127.0.0.1", port=cls.port)
        cls.smtp.start()
        cls.addClassCleanup(cls.smtp.stop)
        cls.jalon = Server(smtp_url=f"smtp://127.0.0.1:{cls.port}", mail_from="Jalon <jalon@funder.example>").start()
        cls.addClassCleanup(cls.jalon.__exit__)

    def outbox(self, address):
        return [m for m in self.jalon.admin.items("/outbox") if m["recipient"] == address]

    def test_a_mail_arrives_in_french_with_its_accents(self):
        """The mailed link arrives, readable, from the configured sender, with a stable Message-ID."""
        Api(self.jalon.base).post("/sign-in", {"email": "zoe@example.org"})
        self.assertTrue(until(lambda: any(to == "zoe@example.org" for to, _ in self.box.mails)))
        mail = next(m for to, m in self.box.mails if to == "zoe@example.org")
        self.assertEqual(mail["From"], "Jalon <jalon@funder.example>")
        self.assertRegex(mail["Message-ID"], r"^<\d+\.outbox@funder\.example>$")
        self.assertTrue(until(lambda: self.outbox("zoe@example.org")[0]["sent_at"]))
        row = self.outbox("zoe@example.org")[0]
        self.assertEqual(mail["Subject"], row["subject"])
        self.assertRegex(mail.get_content(), r"[A-Za-z0-9_-]{43}")
        self.assertEqual(row["body"], "", "a code that was sent is kept nowhere")

    def test_a_refused_address_is_given_up(self):
        """550: the mail is marked as failed, once, and the others go on."""
        Api(self.jalon.base).post("/sign-in", {"email": "full@example.org"})
        self.assertTrue(until(lambda: self.outbox("full@example.org")[0]["failed_at"]))
        self.assertEqual(self.outbox("full@example.org")[0]["attempts"], 1)

    def test_a_busy_server_is_asked_again_later(self):
        """451: the mail waits for its next try."""
        Api(self.jalon.base).post("/sign-in", {"email": "later@example.org"})
        self.assertTrue(until(lambda: self.box.later >= 1 and self.outbox("later@example.org")[0]["last_error"]))
        row = self.outbox("later@example.org")[0]
        self.assertIsNone(row["sent_at"])
        self.assertIsNone(row["failed_at"])
        self.assertGreater(row["next_at"], row["created_at"])


class NoMailServer(unittest.TestCase):
    def test_without_a_server_mails_wait_and_are_read(self):
        """Without an SMTP server the mail waits in the outbox, where an administrator reads it."""
        with Server() as jalon:
            Api(jalon.base).post("/sign-in", {"email": "max@example.org"})
            row = next(m for m in jalon.admin.items("/outbox") if m["recipient"] == "max@example.org")
            self.assertIsNone(row["sent_at"])
            self.assertRegex(row["body"], r"[A-Za-z0-9_-]{43}")


if __name__ == "__main__":
    unittest.main()
