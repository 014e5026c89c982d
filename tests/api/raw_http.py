# SPDX-License-Identifier: Apache-2.0
"""A request that a proxy before us may read in another way is refused, and its connection ends; all others are served."""
import json
import pathlib
import socket
import sys
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Problem, Server  # noqa: E402
from world import World  # noqa: E402

LIVE = "/health/live HTTP/1.1\r\n"
SECOND = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"  # what must not be served after a refusal
BODY = '{"email": "a@b.example"}'
POST = "POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SIZE = f"Content-Length: {len(BODY)}\r\n"
CHUNKS = f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"

# sentence, what is sent
REFUSED = [
    ("two Content-Length that differ", POST + SIZE + "Content-Length: 0\r\n\r\n" + BODY),
    ("two Content-Length that differ, the first zero", POST + "Content-Length: 0\r\n" + SIZE + "\r\n" + BODY),
    ("two Content-Length that agree", POST + SIZE + SIZE + "\r\n" + BODY),
    ("two Content-Length of a GET", f"GET {LIVE}Host: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"),
    ("Content-Length before Transfer-Encoding", POST + SIZE + "Transfer-Encoding: chunked\r\n\r\n" + CHUNKS),
    ("Content-Length after Transfer-Encoding", POST + "Transfer-Encoding: chunked\r\n" + SIZE + "\r\n" + CHUNKS),
    ("Transfer-Encoding twice", POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKS),
    ("a Transfer-Encoding that is not chunked", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS),
    ("chunks in HTTP/1.0", POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n" + CHUNKS),
    ("a blank before the colon", POST + "Content-Length : 5\r\n" + SIZE + "\r\n" + BODY),
    ("a tab before the colon", POST + "Transfer-Encoding\t: chunked\r\n" + SIZE + "\r\n" + BODY),
    ("a name that is no token", f"GET {LIVE}Host: x\r\nX(1): y\r\n\r\n"),
    ("a folded line", f"GET {LIVE}Host: x\r\nX-Long: one\r\n two\r\n\r\n"),
    ("a line folded with a tab", f"GET {LIVE}Host: x\r\nX-Long: one\r\n\ttwo\r\nX-Other: y\r\n\r\n"),
    ("a folded Transfer-Encoding", POST + "Transfer-Encoding:\r\n chunked\r\n" + SIZE + "\r\n" + BODY),
    ("a first header that begins with a blank", f"GET {LIVE} Host: x\r\nHost: x\r\n\r\n"),
    ("a request line that ends in a bare LF", "GET /health/live HTTP/1.1\nHost: x\r\n\r\n"),
    ("a header that ends in a bare LF", f"GET {LIVE}Host: x\nX-Other: y\r\n\r\n"),
    ("a last header that ends in a bare LF", f"GET {LIVE}X-Other: y\r\nHost: x\n\r\n"),
    ("headers that end in a bare LF", f"GET {LIVE}Host: x\r\n\n"),
    ("bare LF all through", f"GET {LIVE}Host: x\r\n\r\n".replace("\r", "")),
    ("a CR inside a value", f"GET {LIVE}Host: x\r\nX-Other: a\rContent-Length: 3\r\n\r\n"),
    ("a zero inside a value", f"GET {LIVE}Host: x\r\nX-Other: a\0b\r\n\r\n"),
    ("no Host", f"GET {LIVE}\r\n"),
    ("no Host, but other headers", f"GET {LIVE}Accept: */*\r\n\r\n"),
    ("two Hosts", f"GET {LIVE}Host: x\r\nHost: y\r\n\r\n"),
    ("an address that does not exist, without Host", "GET /nothing HTTP/1.1\r\n\r\n"),
]

# sentence, what is sent, status; {big} is a header of 8 KB, {many} are 100 headers
SERVED = [
    ("a plain GET", f"GET {LIVE}Host: x\r\n\r\n", 200),
    ("a GET with its query", "GET /api/v1/calls?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200),
    ("HTTP/1.0 without Host", "GET /health/live HTTP/1.0\r\n\r\n", 200),
    ("an empty Host", f"GET {LIVE}Host:\r\n\r\n", 200),
    ("no blank, or many, after the colon", f"GET {LIVE}Host:x\r\nX-Other:  \t y\r\n\r\n", 200),
    ("blanks after the value", f"GET {LIVE}Host: x  \r\nX-Other: y\t\r\n\r\n", 200),
    ("an empty value at the end", f"GET {LIVE}Host: x\r\nX-Other:\r\n\r\n", 200),
    ("names in small letters", f"GET {LIVE}host: x\r\naccept: */*\r\n\r\n", 200),
    ("cookies", f"GET {LIVE}Host: x\r\nCookie: a=1; b=\"2\"\r\nX-Other: y\r\n\r\n", 200),
    ("a large header", f"GET {LIVE}Host: x\r\nX-Big: {{big}}\r\nX-Other: y\r\n\r\n", 200),
    ("many headers", f"GET {LIVE}Host: x\r\n{{many}}\r\n", 200),
    ("letters beyond ASCII in a value", f"GET {LIVE}Host: x\r\nX-Other: é\r\n\r\n", 200),
    ("a body with its length", POST + SIZE + "\r\n" + BODY, 202),
    ("a body in chunks", POST + "Transfer-Encoding: chunked\r\n\r\n" + CHUNKS, 202),
    ("a body in Chunks, by its other spelling", POST + "transfer-encoding: Chunked\r\n\r\n" + CHUNKS, 202),
    ("headers beyond 16 KB", f"GET {LIVE}Host: x\r\nX-Big: {{big}}\r\nX-Other: {{big}}\r\nX-Third: {{big}}\r\n\r\n", 431),
]


class RawHttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)

    def link(self):
        link = socket.create_connection(("127.0.0.1", self.jalon.port), timeout=10)
        self.addCleanup(link.close)
        return link

    def answer(self, stream):
        """Status, headers, body of the next answer; None when the connection has ended."""
        first = stream.readline()
        if not first:
            return None
        headers = {}
        for line in iter(stream.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return int(first.split()[1]), headers, stream.read(int(headers.get("content-length", 0)))

    def raw(self, text):
        text = text.replace("{big}", "a" * 7000).replace("{many}", "".join(f"X-{n}: {n}\r\n" for n in range(100)))
        return text.encode()

    def refused(self, stream):
        status, headers, body = self.answer(stream)
        self.assertEqual(status, 400, body)
        self.assertEqual(headers["content-type"], "application/problem+json", body)
        self.assertEqual(headers["connection"].lower(), "close")
        problem = json.loads(body)
        self.assertEqual(problem["type"], "/problems/malformed")
        self.assertTrue(problem["detail"])
        self.assertIsNone(self.answer(stream), "the connection went on")

    def test_on_a_kept_connection(self):
        """The tenth request of a connection is looked at as the first was."""
        link = self.link()
        stream = link.makefile("rb")
        for n in range(10):
            link.sendall(self.raw(f"GET {LIVE}Host: x\r\nX-Other: {'y' * n * 100}\r\n\r\n"))
            self.assertEqual(self.answer(stream)[0], 200)
        link.sendall(self.raw(f"GET {LIVE}Host: x\nX-Other: y\r\n\r\n"))
        self.refused(stream)

    def test_three_at_once(self):
        """Requests that come together are served one after the other."""
        link = self.link()
        link.sendall((f"GET {LIVE}Host: x\r\n\r\n" + POST + SIZE + "\r\n" + BODY + SECOND).encode())
        stream = link.makefile("rb")
        self.assertEqual([self.answer(stream)[0] for _ in range(3)], [200, 202, 200])

    def test_byte_by_byte(self):
        """A request that comes in small pieces is read as one that comes whole."""
        for end, status in (("\r\n", 200), ("\n", 400)):
            link = self.link()
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in f"GET {LIVE}Host: x{end}X-Other: y\r\n\r\n":
                link.sendall(byte.encode())
                time.sleep(0.002)
            self.assertEqual(self.answer(link.makefile("rb"))[0], status)

    def test_a_key_is_for_one_query(self):
        """An idempotency key used with another query is refused; with the same one it gives the same answer."""
        world = World(self.jalon)
        _, dossier = world.application()
        path = f"/dossiers/{dossier}/documents"
        sent = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/pdf"}
        first, again = (world.carrier.post(f"{path}?kind=statutes&name=a.pdf", b"%PDF-1.4 one", headers=sent) for _ in range(2))
        self.assertEqual((first.status, first.json), (again.status, again.json))
        for query in ("kind=statutes&name=b.pdf", "kind=rib&name=a.pdf"):
            with self.assertRaises(Problem) as caught:
                world.carrier.post(f"{path}?{query}", b"%PDF-1.4 one", headers=sent)
            self.assertEqual((caught.exception.status, caught.exception.type), (422, "key-reused"), query)
        self.assertEqual(len(list(world.carrier.items(f"/dossiers/{dossier}/documents"))), 1)


def add_refused(index, sentence, text):
    def test(self):
        link = self.link()
        link.sendall(self.raw(text + SECOND))
        self.refused(link.makefile("rb"))
    test.__doc__ = f"{sentence}: refused"
    setattr(RawHttp, f"test_refused_{index:02}", test)


def add_served(index, sentence, text, status):
    def test(self):
        link = self.link()
        link.sendall(self.raw(text))
        got, _, body = self.answer(link.makefile("rb"))
        self.assertEqual(got, status, body)
    test.__doc__ = f"{sentence}: {status}"
    setattr(RawHttp, f"test_served_{index:02}", test)


for number, case in enumerate(REFUSED):
    add_refused(number, *case)
for number, case in enumerate(SERVED):
    add_served(number, *case)

if __name__ == "__main__":
    unittest.main()
