# SPDX-License-Identifier: Apache-2.0
"""The command line as its user meets it: wrong arguments get a sentence and status 2, a folder has one server, a stop is clean."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Api, BINARY, Problem, ROOT, Server  # noqa: E402

BROKEN = "jalon: 1\nid: broken\nstates:\n  a: {on: {go: {by: nobody, to: b}}}\n"


def jalon(*args, **kw):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, timeout=60, cwd=ROOT, **kw)


class CommandLine(unittest.TestCase):
    def told(self, result, status, *words):
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stdout + result.stderr)

    def test_wrong_arguments(self):
        """A wrong word, flag, number or file is named, with status 2."""
        for args, word in (
                (["servir"], "servir"), (["serve", "--colour", "red"], "colour"), (["serve", "--port", "many"], "port"),
                (["serve", "--port"], "port"), (["check"], "check"), (["check", "nowhere.yaml"], "nowhere.yaml"),
                (["play", "workflows/cte.yaml"], "play"), (["play", "workflows/cte.yaml", "--random", "x"], "random"),
                (["draw"], "draw"), (["table", "--pdf", "workflows/cte.yaml"], "pdf"), (["admin"], "admin")):
            with self.subTest(args=args):
                self.told(jalon(*args), 2, word)

    def test_version_and_help(self):
        """--version and help answer on standard output with status 0."""
        self.told(jalon("--version"), 0, "0.1")
        helped = jalon("help")
        self.told(helped, 0, "serve", "check", "admin")
        self.assertIn("jalon", helped.stdout)

    def test_check(self):
        """check is silent about what is right, exact about what is wrong, and ends with 1."""
        self.told(jalon("check", *map(str, (ROOT / "workflows").glob("*.yaml"))), 0)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(BROKEN)
            file.flush()
            wrong = jalon("check", file.name, "--lang", "en")
            self.told(wrong, 1, f"{file.name}:4:")
            self.assertRegex(wrong.stdout + wrong.stderr, rf"{file.name}:\d+:\d+: error: ")

    def test_settings(self):
        """Settings come from flags, then JALON_ variables, then a file; an unknown key is named with its line; secrets are hidden."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            file = pathlib.Path(folder) / "jalon.conf"
            secret = pathlib.Path(folder) / "secret"
            secret.write_text("s3cr3t-w0rd\n")
            secret.chmod(0o600)
            file.write_text(f"port = 8181\nworkers = 3\nsmtp_password_file = {secret}\n")
            shown = jalon("serve", "--config", str(file), "--print-config", "--data", folder, env={**os.environ, "JALON_PORT": "8282"})
            self.told(shown, 0, "8282", "workers")
            self.assertNotIn("s3cr3t-w0rd", shown.stdout + shown.stderr)
            flagged = jalon("serve", "--config", str(file), "--print-config", "--port", "8383", "--data", folder, env={**os.environ, "JALON_PORT": "8282"})
            self.told(flagged, 0, "8383")
            self.told(jalon("serve", "--config", str(file), "--check-config", "--data", folder), 0)
            file.write_text("port = 8181\ncolour = red\n")
            self.told(jalon("serve", "--config", str(file), "--check-config", "--data", folder), 2, "colour", "2")

    def test_one_server_a_folder(self):
        """A second server on the same data says so and leaves the first alone; so does one on a taken port."""
        with Server() as first:
            second = jalon("serve", "--data", str(first.data), "--port", "1")
            self.assertNotEqual(second.returncode, 0)
            other = tempfile.mkdtemp()
            taken = jalon("serve", "--data", other, "--port", str(first.port))
            shutil.rmtree(other, ignore_errors=True)
            self.assertNotEqual(taken.returncode, 0)
            self.assertIn(str(first.port), taken.stderr)
            Api(first.base).get("/health/ready")

    def test_psql_and_health(self):
        """psql opens a shell on the private database; health says whether the server is ready."""
        with Server() as server:
            out = jalon("psql", *server.flags(), "--", "-Atc", "select count(*) from person")
            self.told(out, 0)
            self.assertEqual(out.stdout.strip(), "0")
            self.told(jalon("health", "--port", str(server.port)), 0)
        gone = jalon("health", "--port", str(server.port))
        self.assertNotEqual(gone.returncode, 0)

    def test_data_are_found_again(self):
        """A second start finds the data of the first."""
        server = Server()
        with server:
            ident = server.admin.post("/organisations", {"name": "Toujours là", "kind": "other"})["id"]
            token = server.admin.token
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(Api(server.base, token).get(f"/organisations/{ident}")["name"], "Toujours là")

    def test_a_stop_finishes_what_runs(self):
        """SIGTERM while a request is on its way: it is answered, then the server ends with status 0."""
        with Server() as server:
            admin = server.admin
            link = socket.create_connection(("127.0.0.1", server.port))
            body = b'{"name": "Dernier", "kind": "other"}'
            head = (f"POST /api/v1/organisations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
            link.sendall(head + body)
            server.process.terminate()
            link.settimeout(10)
            answer = link.recv(200)
            self.assertTrue(answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 503")), answer)
            self.assertEqual(server.process.wait(30), 0)

    def test_an_external_database(self):
        """--database uses the user's own PostgreSQL; nothing of ours is started."""
        with Server() as lender:
            # the private cluster of another server serves as somebody's own
            uri = f"host={lender.data}/run dbname=postgres user=jalon"
            out = jalon("psql", *lender.flags(), "--", "-Atqc", "create database other")
            self.told(out, 0)
            guest = Server(database=uri.replace("dbname=postgres", "dbname=other"))
            with guest:
                self.assertFalse((guest.data / "pg").exists())
                Api(guest.base).get("/api/v1/spaces")

    def test_metrics_and_logs(self):
        """/metrics is Prometheus text with routes as patterns; each log line is one JSON object."""
        with Server() as server:
            server.admin.get("/me")
            text = Api(server.base).get("/metrics").raw.decode()
            self.assertIn("# TYPE", text)
            self.assertIn('/api/v1/me"', text)
            for line in server.log_text().splitlines():
                json.loads(line)

    def test_metrics_are_not_for_everyone(self):
        """/metrics is read from where metrics_from says, this machine unless told otherwise, and never through somebody who is not trusted."""
        def status(server, **headers):
            try:
                return Api(server.base).get("/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()}).status
            except Problem as problem:
                return problem.status
        with Server() as server:
            self.assertEqual(status(server), 200)
            self.assertEqual(status(server, X_Forwarded_For="127.0.0.1"), 403)
        with Server(metrics_from="10.0.0.0/8", trusted_proxies="127.0.0.1") as server:
            self.assertEqual(status(server), 403)
            self.assertEqual(status(server, X_Forwarded_For="10.1.2.3"), 200)
            self.assertEqual(status(server, X_Forwarded_For="10.1.2.3, 192.0.2.1"), 403)
        with Server(metrics_from="") as server:
            self.assertEqual(status(server), 403)

    def test_the_unit_is_verified(self):
        """systemd-analyze finds nothing wrong in the unit, and little exposure."""
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        unit = pathlib.Path(tempfile.mkdtemp()) / "jalon.service"
        unit.write_text((ROOT / "deploy/jalon.service").read_text().replace("/usr/bin/jalon", "/bin/true").replace("/usr/local/bin/jalon", "/bin/true"))
        out = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
        self.assertEqual([line for line in out.stderr.splitlines() if "jalon" in line], [])
        seen = subprocess.run(["systemd-analyze", "security", "--offline=yes", str(unit)], capture_output=True, text=True)
        overall = [line for line in seen.stdout.splitlines() if "Overall exposure" in line]
        self.assertTrue(overall, seen.stdout[-300:] + seen.stderr)
        self.assertLess(float(overall[0].split(":")[1].split()[0]), 2.0)


if __name__ == "__main__":
    unittest.main()
