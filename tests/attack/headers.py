# SPDX-License-Identifier: Apache-2.0
"""Every answer, whatever it says and whoever asks, tells browsers to do as little as possible with it."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from doors import ENDING, Doors, Knock, Server  # noqa: E402

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
UNSAFE = ("unsafe-", "*", "http:", "https:", "data:", "blob:")
TLS = "max-age=31536000; includeSubDomains"
JSON = [("Content-Type", "application/json")]


class Headers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(base_url="https://calls.example.org").start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.doors = Doors(cls.jalon)
        cls.admin, cls.nobody = Knock(cls.jalon.port, cls.jalon.admin.token), Knock(cls.jalon.port)

    def looked_at(self, what, answer, tls=TLS):
        status, headers, body = answer
        names = [name.lower() for name, _ in headers]
        found = {name.lower(): value for name, value in headers}
        with self.subTest(what=what, status=status):
            for name, value in ALWAYS.items():
                self.assertEqual((names.count(name), found.get(name)), (1, value), name)
            self.assertEqual(names.count("content-security-policy"), 1)
            policy = found["content-security-policy"]
            for directive in POLICY:
                self.assertIn(directive, policy)
            for word in UNSAFE:
                self.assertNotIn(word, policy)
            self.assertEqual(found.get("strict-transport-security"), tls)
            self.assertIn(found.get("cache-control"), ("no-store", "no-cache"))
            self.assertIn("Authorization", found["vary"])
            self.assertFalse([name for name in names if name.startswith("access-control-") or name in ("server", "x-powered-by")])
            kind = found.get("content-type", "")
            if body:
                self.assertTrue(kind)
            if kind.startswith(("text/", "application/xml")) or "+xml" in kind:
                self.assertIn("charset=utf-8", kind.lower())
        return found

    def test_every_route(self):
        """Every route of the table, asked by nobody and by the administrator, of this page and of another origin, answers with all headers."""
        self.assertGreater(len(self.doors), 60)
        for door in self.doors:
            if str(door) in ENDING:
                continue
            sent = [("Origin", "https://evil.example")] + ([("Content-Type", door.media.replace("*/*", "application/pdf"))] if door.media else [])
            for knock in (self.nobody, self.admin):
                self.looked_at(str(door), knock(door.method, self.doors.fill(door), sent, b"{}" if door.media else None))

    def test_errors(self):
        """So do answers that are no route's: not found, wrong method, OPTIONS, TRACE, wrong type, too large, malformed, signed out, headers too large."""
        calls = "/api/v1/calls"
        for expected, sentence, *request in (
                (404, "no route", "GET", "/nothing"), (404, "no id", "GET", "/api/v1/calls/1"), (405, "method", "DELETE", calls),
                (204, "OPTIONS", "OPTIONS", calls, [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")]),
                (405, "TRACE", "TRACE", calls), (405, "CONNECT", "CONNECT", calls), (405, "a method that is none", "JALON", calls),
                (415, "media type", "POST", "/api/v1/organisations", [("Content-Type", "text/plain")], b"a"),
                (413, "too large", "POST", "/api/v1/organisations", JSON, b"a" * 1100000), (400, "malformed", "POST", "/api/v1/organisations", JSON, b"{"),
                (400, "two Hosts", "GET", calls, [("Host", "y")]), (422, "query", "GET", calls + "?colour=red"),
                (406, "not acceptable", "GET", calls, [("Accept", "text/csv")]), (431, "headers", "GET", calls, [("X-Big", "a" * 9000), ("X-More", "a" * 9000)])):
            answer = self.admin(*request)
            self.assertEqual(answer[0], expected, (sentence, answer))
            self.looked_at(sentence, answer)
        answer = self.nobody("GET", "/api/v1/me")
        self.assertEqual(answer[0], 401)
        self.looked_at("signed out", answer)

    def test_unchanged(self):
        """So does a 304, which browsers take the new headers of."""
        path = "/api/v1/spaces/" + self.doors.world.space
        first = self.looked_at("200", self.nobody("GET", path))
        answer = self.nobody("GET", path, [("If-None-Match", first["etag"])])
        self.assertEqual(answer[0], 304)
        self.looked_at("304", answer)

    def test_private(self):
        """What was read with a token or a cookie is kept by no cache; nothing is public to shared caches."""
        for door in self.doors:
            if door.method == "GET" and not door.public:
                headers = dict((n.lower(), v) for n, v in self.admin("GET", self.doors.fill(door))[1])
                self.assertEqual(headers["cache-control"], "no-store", str(door))

    def test_plain_http(self):
        """Without TLS in base_url nothing is said of transport, which would lock people out."""
        with Server() as plain:
            self.looked_at("http", Knock(plain.port)("GET", "/health/live"), tls=None)

    def test_no_redirect(self):
        """No answer sends anyone to another place, whatever Host and X-Forwarded-… say."""
        evil = [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "http"), ("Forwarded", "host=evil.example"), ("X-Original-URL", "/metrics"),
                ("X-Rewrite-URL", "/metrics")]
        for door in self.doors:
            if door.method == "GET":
                status, headers, body = self.nobody("GET", self.doors.fill(door), evil)
                self.assertFalse(300 <= status < 400, str(door))
                self.assertNotIn("evil.example", str(headers) + body.decode(errors="replace"), str(door))


if __name__ == "__main__":
    unittest.main()
