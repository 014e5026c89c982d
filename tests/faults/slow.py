# SPDX-License-Identifier: Apache-2.0
"""Slow, many and blocked: clients that drip are cut, a full queue says so, a blocked database is answered within a second."""
import contextlib
import http.client
import os
import pathlib
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Api, BINARY, Problem, Server  # noqa: E402
from world import World  # noqa: E402

DEADLINE = 4
CLIENTS = 2000


def drip(port, clients, head, seconds):
    """Opens `clients` connections that send one byte each half second; returns how long the last one lived."""
    selector, links, begin = selectors.DefaultSelector(), {}, time.monotonic()
    for n in range(clients):
        link = socket.socket()
        link.setblocking(False)
        link.bind((f"127.0.0.{2 + n % 20}", 0))
        link.connect_ex(("127.0.0.1", port))
        links[link] = time.monotonic()
        selector.register(link, selectors.EVENT_READ)
    sent, lived, last = {}, 0.0, 0.0
    while links and time.monotonic() - begin < seconds:
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            for link in list(links):
                n = sent.get(link, 0)
                try:
                    link.send(head[n:n + 1] if n < len(head) else b"x")
                    sent[link] = n + 1
                except BlockingIOError:
                    pass
                except OSError:
                    lived = max(lived, time.monotonic() - links.pop(link))
                    selector.unregister(link)
                    link.close()
        for key, _ in selector.select(0.1):
            link = key.fileobj
            try:
                gone = link.recv(4096) == b""
            except BlockingIOError:
                continue
            except OSError:
                gone = True
            if gone and link in links:
                lived = max(lived, time.monotonic() - links.pop(link))
                selector.unregister(link)
                link.close()
    left = len(links)
    for link in links:
        link.close()
    return lived, left


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 10000), hard))
        cls.jalon = Server(request_timeout=DEADLINE, workers=4, queue=64, connections=4096).start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.world = World(cls.jalon)
        cls.application, cls.dossier = cls.world.application()

    def served_meanwhile(self, stop, times):
        api = Api(self.jalon.base, self.world.carrier.token)
        while not stop.is_set():
            begin = time.monotonic()
            api.get(f"/applications/{self.application}")
            times.append(time.monotonic() - begin)
            time.sleep(0.02)

    def dripping(self, head):
        stop, times = threading.Event(), []
        other = threading.Thread(target=self.served_meanwhile, args=(stop, times))
        other.start()
        lived, left = drip(self.jalon.port, CLIENTS, head, DEADLINE + 12)
        stop.set()
        other.join()
        print(f"{CLIENTS} dripping clients, the last was cut after {lived:.1f} s; {len(times)} others served, slowest {max(times):.2f} s")
        self.assertEqual(left, 0, "some were not cut")
        self.assertLess(lived, DEADLINE + 2)
        self.assertGreater(len(times), 20)
        self.assertLess(statistics.median(times), 0.5)

    def test_headers(self):
        """2,000 clients that drip headers are all cut at the deadline + 2 s while others are served."""
        self.dripping(b"GET /api/v1/calls HTTP/1.1\r\nHost: x\r\nX-Slow: ")

    def test_bodies(self):
        """2,000 clients that drip a body are all cut at the deadline + 2 s while others are served."""
        head = b"POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        self.dripping_body(head)

    def dripping_body(self, head):
        stop, times = threading.Event(), []
        other = threading.Thread(target=self.served_meanwhile, args=(stop, times))
        other.start()
        links, begin = [], time.monotonic()
        for n in range(CLIENTS):
            link = socket.create_connection(("127.0.0.1", self.jalon.port), source_address=(f"127.0.0.{2 + n % 20}", 0))
            link.sendall(head)
            link.setblocking(False)
            links.append((link, time.monotonic()))
        lived = 0.0
        while links and time.monotonic() - begin < DEADLINE + 14:
            time.sleep(0.4)
            alive = []
            for link, since in links:
                try:
                    link.send(b"x")
                    if link.recv(4096) == b"":
                        raise OSError
                    raise OSError  # an answer: it was cut with words
                except BlockingIOError:
                    alive.append((link, since))
                except OSError:
                    lived = max(lived, time.monotonic() - since)
                    link.close()
            links = alive
        stop.set()
        other.join()
        print(f"{CLIENTS} dripping bodies, the last was cut after {lived:.1f} s; {len(times)} others served")
        self.assertEqual(len(links), 0, "some were not cut")
        self.assertLess(lived, DEADLINE + 2)
        self.assertGreater(len(times), 20)

    def psql(self, *args, **kw):
        return subprocess.Popen([BINARY, "psql", *self.jalon.flags(), "--", "-q", "-v", "ON_ERROR_STOP=1", *args],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)

    @contextlib.contextmanager
    def locked(self, tables):
        """Nobody else reads these tables meanwhile."""
        blocker = self.psql("-X")
        blocker.stdin.write(f"begin; lock table {tables} in access exclusive mode; select 'locked';\n")
        blocker.stdin.flush()
        while "locked" not in blocker.stdout.readline():
            pass
        try:
            yield
        finally:
            blocker.stdin.write("rollback;\n\\q\n")
            blocker.stdin.flush()
            blocker.wait(10)

    def test_blocked_database(self):
        """All database connections blocked: answers within 1 s, live is green, recovery within 2 s."""
        with self.locked("application, dossier"):
            statuses, slowest = [], [0.0]

            def ask():
                begin = time.monotonic()
                link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)
                link.request("GET", f"/api/v1/applications/{self.application}", headers={"Authorization": "Bearer " + self.world.carrier.token})
                reply = link.getresponse()
                reply.read()
                statuses.append((reply.status, reply.getheader("Retry-After")))
                slowest[0] = max(slowest[0], time.monotonic() - begin)
            askers = [threading.Thread(target=ask) for _ in range(24)]
            for asker in askers:
                asker.start()
            begin = time.monotonic()
            Api(self.jalon.base).get("/health/live")
            live = time.monotonic() - begin
            for asker in askers:
                asker.join()
            released = time.monotonic()
        while True:
            try:
                self.world.carrier.get(f"/applications/{self.application}")
                break
            except Problem:
                time.sleep(0.02)
        back = time.monotonic() - released
        print(f"blocked: slowest answer {slowest[0]:.2f} s, live {live:.3f} s, back after {back:.2f} s")
        self.assertEqual({s for s, _ in statuses}, {503})
        self.assertTrue(all(retry for _, retry in statuses))
        self.assertLess(slowest[0], 1.25)
        self.assertLess(live, 0.5)
        self.assertLess(back, 2)

    def test_sums_are_slow(self):
        """Whoever waits for sums over everything keeps nobody waiting but those who ask for the same."""
        with self.locked("payment"):
            sums, others, over = [], [], threading.Event()

            def ask(path, statuses):
                while not over.is_set():
                    link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)
                    link.request("GET", path)
                    statuses.append(link.getresponse().status)
                    link.close()
            askers = [threading.Thread(target=ask, args=("/api/v1/observatory", sums)) for _ in range(12)] + [threading.Thread(target=ask, args=("/api/v1/spaces", others))]
            for asker in askers:
                asker.start()
            time.sleep(4)
            over.set()
            for asker in askers:
                asker.join()
        self.assertEqual((set(sums), set(others)), ({503}, {200}))

    def test_full_queue(self):
        """A full queue is answered 503 with Retry-After, at once."""
        with self.locked("application, dossier"):
            quick, retry = [], []

            def ask():
                begin = time.monotonic()
                link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)
                link.request("GET", f"/api/v1/dossiers/{self.dossier}", headers={"Authorization": "Bearer " + self.world.carrier.token})
                reply = link.getresponse()
                reply.read()
                if reply.status == 503 and time.monotonic() - begin < 0.4:
                    quick.append(reply.status)
                    retry.append(reply.getheader("Retry-After"))
            askers = [threading.Thread(target=ask) for _ in range(200)]
            for asker in askers:
                asker.start()
            for asker in askers:
                asker.join()
        self.assertGreater(len(quick), 20, "the queue never said that it is full")
        self.assertTrue(all(retry))

    def test_idle_connections_are_cheap(self):
        """1,000 idle connections: less than 100 MB resident."""
        links = [socket.create_connection(("127.0.0.1", self.jalon.port), source_address=(f"127.0.0.{2 + n % 20}", 0)) for n in range(1000)]
        time.sleep(1)
        rss = self.jalon.rss()
        for link in links:
            link.close()
        print(f"resident with 1,000 idle connections: {rss / 1e6:.0f} MB")
        self.assertLess(rss, 100e6)


if __name__ == "__main__":
    unittest.main()
