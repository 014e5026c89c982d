# SPDX-License-Identifier: Apache-2.0
"""A real Jalon on a throw-away data directory and a free port, for tests: start, stop, kill, restart."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy"))
from client import Api, Problem, sign_in  # noqa: E402,F401

BINARY = os.environ.get("TEST_BINARY", str(ROOT / "build/release/jalon"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server(movable_clock="true") as jalon:` settings become flags; jalon.admin is the administrator's Api."""

    def __init__(self, binary=BINARY, **settings):
        self.binary = binary
        self.port = free_port()
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="jalon-test-"))
        os.chmod(self.data, 0o755)
        self.settings = {"client_tries": 0, **settings}  # all tests come from one address
        self.process = None
        self.base = f"http://127.0.0.1:{self.port}"
        self._admin = None

    def flags(self):
        flags = ["--data", str(self.data), "--port", str(self.port)]
        for name, value in self.settings.items():
            flags += ["--" + name.replace("_", "-"), str(value)]
        return flags

    def start(self, wait=True):
        self.log = open(self.data / "jalon.log", "ab")
        self.process = subprocess.Popen([self.binary, "serve", *self.flags()], stdout=self.log, stderr=self.log)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.log_text()[-2000:]}")
            try:
                Api(self.base).get("/health/ready", timeout=2)
                return
            except (Problem, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"not ready after {seconds} s: {self.log_text()[-2000:]}")

    def log_text(self):
        return (self.data / "jalon.log").read_text(errors="replace")

    @property
    def admin(self):
        if not self._admin:
            self._admin = Api(self.base, self.admin_token())
        return self._admin

    def admin_token(self, email="admin@jalon.example"):
        out = subprocess.run([BINARY, "admin", email, "--name", "Administration", *self.flags()], capture_output=True, text=True, timeout=60)
        if out.returncode:
            raise RuntimeError(f"jalon admin failed: {out.stderr}")
        return out.stdout.strip().splitlines()[-1]

    def postmaster(self):
        """Process id of the private PostgreSQL."""
        return int((self.data / "pg/postmaster.pid").read_text().split()[0])

    def kill(self):
        """SIGKILL, no farewell."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=60):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(seconds)
        return self.process.returncode if self.process else None

    def sql(self, text):
        """What `jalon psql` prints of `text`, rows by lines and columns by |."""
        done = subprocess.run([self.binary, "psql", *self.flags(), "--", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def rss(self):
        """Resident bytes of the server itself."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        return 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            shutil.rmtree(self.data, ignore_errors=True)
