# SPDX-License-Identifier: Apache-2.0
"""SIGKILL of the server, of PostgreSQL, of both, at random under load: no acknowledged move is lost or doubled."""
import os
import pathlib
import random
import signal
import sys
import threading
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Api, Problem, Server  # noqa: E402
from world import World  # noqa: E402

KILLS = int(os.environ.get("TEST_KILLS") or (1000 if os.environ.get("TEST_LONG") else 60))
WRITERS = 6


class Writer(threading.Thread):
    """Fires numbered moves on its own application; each is tried with the same key until it is answered."""

    def __init__(self, base, token, application):
        super().__init__(daemon=True)
        self.api, self.application = Api(base, token), application
        self.acknowledged, self.wrong, self.running = {}, [], True

    def run(self):
        n = 0
        while self.running:
            n += 1
            self.fire(str(n))

    def fire(self, name):
        key = str(uuid.uuid4())
        while self.running:
            try:
                answer = self.api.post(f"/applications/{self.application}/moves", {"event": "flip", "data": {"n": name}},
                                       headers={"Idempotency-Key": key}, timeout=5)
                self.acknowledged[name] = answer["move"]["version"]
                return
            except Problem as problem:
                if problem.status != 503:
                    self.wrong.append(str(problem))
                    return
            except OSError:
                pass
            except Exception as cut:  # an answer cut in the middle
                if "http" not in type(cut).__module__:
                    self.wrong.append(repr(cut))
                    return
            time.sleep(0.02)


class Kill(unittest.TestCase):
    def back_within(self, jalon, seconds, what):
        begin = time.monotonic()
        jalon.wait_ready(30)
        while True:  # ready may be the last word of a server that has not noticed yet: ask the database itself
            try:
                Api(jalon.base).get("/spaces", timeout=5)
                break
            except (Problem, OSError):
                self.assertLess(time.monotonic() - begin, 30)
                time.sleep(0.02)
        took = time.monotonic() - begin
        self.slowest = max(self.slowest, took)
        self.assertLess(took, seconds, f"back after {took:.1f} s from {what}")

    @staticmethod
    def kill_postgres(jalon):
        for _ in range(100):
            try:
                os.kill(jalon.postmaster(), signal.SIGKILL)
                return
            except (ProcessLookupError, FileNotFoundError, IndexError):
                time.sleep(0.05)  # it is just being started again

    def test_no_acknowledged_move_is_lost_or_doubled(self):
        """SIGKILL at random under load: every acknowledged move stands once, service is back within 5 s."""
        rng, self.slowest = random.Random(20261121), 0.0
        with Server(workers=4) as jalon:
            world = World(jalon)
            writers = [Writer(jalon.base, world.carrier.token, world.application(f"Projet {i}")[0]) for i in range(WRITERS)]
            for writer in writers:
                writer.start()
            for n in range(KILLS):
                time.sleep(rng.uniform(0.05, 0.5))
                what = rng.choice(("server", "postgres", "both"))
                if what in ("postgres", "both"):
                    self.kill_postgres(jalon)
                if what in ("server", "both"):
                    jalon.kill()
                    jalon.start(wait=False)
                self.back_within(jalon, 5, what)
            for writer in writers:
                writer.running = False
            for writer in writers:
                writer.join(30)
            total = 0
            for writer in writers:
                self.assertEqual(writer.wrong, [])
                moves = list(world.carrier.items(f"/applications/{writer.application}/moves"))
                names = {}
                for move in moves:
                    if move["event"] == "flip":
                        self.assertNotIn(move["data"]["n"], names, "a move was stored twice")
                        names[move["data"]["n"]] = move["version"]
                for name, version in writer.acknowledged.items():
                    self.assertEqual(names.get(name), version, f"acknowledged move {name} is not in the history")
                self.assertEqual(sorted(m["version"] for m in moves), list(range(min(m["version"] for m in moves), max(m["version"] for m in moves) + 1)))
                total += len(writer.acknowledged)
            print(f"{KILLS} kills, {total} acknowledged moves, 0 lost, 0 doubled, slowest return {self.slowest:.1f} s")
            self.assertGreater(total, KILLS)

    def test_the_database_alone_is_restarted_and_a_stop_is_clean(self):
        """PostgreSQL is stopped with its server: no process is left, exit status 0."""
        jalon = Server()
        with jalon:
            postmaster = jalon.postmaster()
            self.assertEqual(jalon.stop(), 0)
            deadline = time.monotonic() + 5
            while pathlib.Path(f"/proc/{postmaster}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertFalse(pathlib.Path(f"/proc/{postmaster}").exists(), "PostgreSQL still runs")


if __name__ == "__main__":
    unittest.main()
