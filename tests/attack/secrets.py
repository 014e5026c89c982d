# SPDX-License-Identifier: Apache-2.0
"""A secret is in no argument, no environment of a child, no log, no answer, no shown configuration."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import BINARY, Api, Problem, Server, sign_in  # noqa: E402

HUSH = "hush-Zq7-hush"
FLAGS = [("--database", f"postgres://ann:{HUSH}@db/jalon"), ("--database", f"host=db password={HUSH} dbname=j"), ("--database", f"host=db password = '{HUSH}'"),
         ("--database", f"postgres://db/jalon?user=ann&password={HUSH}"), ("--database", f"host=db sslpassword={HUSH}"),
         ("--smtp-url", f"smtp://ann:{HUSH}@mail.example"), ("--smtp-password", HUSH)]


def jalon(*args, env=None, **kw):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})}, **kw)


def family(pid):
    """The process and all that descend from it."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def shown(pid):
    """Arguments and environment of a process, as /proc shows them."""
    try:
        return b"".join(pathlib.Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")).decode(errors="replace")
    except OSError:
        return ""


class Secrets(unittest.TestCase):
    def private_file(self, text, mode=0o600):
        file = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        os.chmod(file.name, mode)
        return file.name

    def test_on_the_command_line(self):
        """A flag with a password is refused by every command, in a sentence that says where it may stand and does not repeat it."""
        for command in ("serve", "admin", "psql", "health"):
            for name, value in FLAGS:
                for args in ((name, value), (f"{name}={value}",)):
                    with self.subTest(command=command, args=args):
                        told = jalon(command, *args)
                        self.assertEqual(told.returncode, 2)
                        self.assertIn("a secret comes from a file or the environment", told.stderr)
                        self.assertNotIn(HUSH, told.stdout + told.stderr)

    def test_a_slip_is_not_repeated(self):
        """A flag that is misspelt is named without its value, which may be a secret."""
        told = jalon("serve", f"--smtp-pasword={HUSH}")
        self.assertEqual(told.returncode, 2)
        self.assertIn("smtp_password", told.stderr)
        self.assertNotIn(HUSH, told.stderr)

    def test_names_are_no_secrets(self):
        """A user without a password, a port, a file's name are taken as flags."""
        for name, value in (("--database", "postgres://ann@db:5433/jalon"), ("--database", "host=db user=ann passfile=/etc/pg"), ("--smtp-url", "smtps://mail.example:465")):
            self.assertEqual(jalon("serve", name, value, "--check-config").returncode, 0, value)

    def test_files_of_everyone(self):
        """A secret in a file that everyone on the machine can read is refused; the same file for its owner or a group is taken."""
        for text in (f"smtp_password = {HUSH}\n", f"database = postgres://ann:{HUSH}@db/jalon\n"):
            for mode, status in ((0o644, 2), (0o604, 2), (0o640, 0), (0o600, 0), (0o400, 0)):
                told = jalon("serve", "--config", self.private_file(text, mode), "--check-config")
                self.assertEqual(told.returncode, status, (text, oct(mode), told.stderr))
                self.assertNotIn(HUSH, told.stderr)
        for mode, status in ((0o644, 2), (0o600, 0)):
            told = jalon("serve", "--smtp-password-file", self.private_file(HUSH, mode), "--check-config")
            self.assertEqual(told.returncode, status, told.stderr)
        self.assertEqual(jalon("serve", "--config", self.private_file("port = 81\n", 0o644), "--check-config").returncode, 0)

    def test_shown_configuration(self):
        """--print-config shows that a secret is set, never which."""
        environment = {"JALON_SMTP_PASSWORD": HUSH, "JALON_SMTP_URL": f"smtp://ann:{HUSH}@mail.example", "JALON_DATABASE": f"host=db password='{HUSH} {HUSH}' dbname=j"}
        told = jalon("serve", "--print-config", env=environment)
        self.assertEqual(told.returncode, 0)
        self.assertNotIn(HUSH, told.stdout + told.stderr)
        for line in ("# smtp_password = (set)", "smtp_url = smtp://ann:***@mail.example", "database = host=db password=*** dbname=j"):
            self.assertIn(line, told.stdout)

    def test_processes(self):
        """A running server and its PostgreSQL show no secret in arguments or environment; PostgreSQL inherits nothing of ours at all."""
        os.environ.update({"JALON_SMTP_PASSWORD": HUSH, "JALON_SMTP_URL": f"smtp://ann:{HUSH}@127.0.0.1:9", "JALON_LANG": "en"})
        self.addCleanup(lambda: [os.environ.pop(name, None) for name in ("JALON_SMTP_PASSWORD", "JALON_SMTP_URL", "JALON_LANG")])
        with Server() as server:
            processes = family(server.process.pid)
            self.assertGreater(len(processes), 3)
            for pid in processes:
                self.assertNotIn(HUSH, shown(pid))
                if pid != server.process.pid:
                    self.assertNotIn("JALON_", shown(pid))
            self.assertNotIn(HUSH, server.log_text())

    def test_external_database(self):
        """A password of the database reaches libpq and psql, and no argument, log or answer, even while the database refuses."""
        with Server() as lender:
            secret = {"JALON_DATABASE": f"host={lender.data}/run user=jalon dbname=jalon password={HUSH}"}
            # psql runs as the user whom peer authentication knows
            link = subprocess.Popen([BINARY, "psql", *lender.flags(), "--", "-Atqc", "select 1; select pg_sleep(3)"], env={**os.environ, **secret}, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True, user="postgres" if os.geteuid() == 0 else None)
            end, line = time.monotonic() + 10, ""
            while time.monotonic() < end and "psql" not in line.split("\0")[0]:
                line = pathlib.Path(f"/proc/{link.pid}/cmdline").read_text()
                time.sleep(0.02)
            out = link.communicate(timeout=30)[0]
            self.assertIn("user='jalon'", line)
            self.assertNotIn(HUSH, line)
            self.assertEqual((link.returncode, out.split()[:1]), (0, ["1"]), out)

        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            gone = Server(log_level="debug", socket_dir=folder)
            os.environ["JALON_DATABASE"] = f"postgres://ann:{HUSH}@127.0.0.1:9/jalon"
            try:
                gone.start(wait=False)
                answers, end = "", time.monotonic() + 20
                while time.monotonic() < end and "no-database" not in answers:
                    time.sleep(0.2)
                    for path in ("/health/ready", "/spaces", "/metrics"):
                        try:
                            answers += Api(gone.base).get(path).raw.decode()
                        except Problem as problem:
                            answers += f"{problem.document} {problem.headers}"
                        except OSError:
                            pass
                self.assertIn("no-database", answers)
                self.assertNotIn(HUSH, answers + gone.log_text() + shown(gone.process.pid))
            finally:
                del os.environ["JALON_DATABASE"]
                gone.__exit__()

    def test_logs_at_debug(self):
        """At level debug the log holds no password, code, token, address or body, of what succeeds or fails; nor do /metrics and error answers."""
        with Server(log_level="debug") as server:
            person, _ = sign_in(server.admin, "ann.hush@attack.example")
            nobody, heard = Api(server.base), ""
            for api, method, path, body in (
                    (nobody, "POST", "/sign-in/password", {"email": "ann.hush@attack.example", "password": HUSH}),
                    (nobody, "POST", "/sign-in/link", {"token": HUSH}), (nobody, "POST", f"/sign-in?token={HUSH}", {"email": "x"}),
                    (person, "PATCH", "/me", {"password": HUSH, "name": 3}), (person, "POST", "/tokens", {"label": HUSH, "expires_at": "2020-01-01"}),
                    (person, "POST", "/organisations", '{"name": "%s' % HUSH), (Api(server.base, HUSH), "GET", "/me", None),
                    (person, "GET", f"/organisations/{HUSH}", None), (person, "GET", f"/calls?cursor={HUSH}", None)):
                try:
                    heard += api.request(method, path, body).raw.decode()
                except Problem as problem:
                    heard += f"{problem.document} {problem.headers}"
            token = person.post("/tokens", {"label": "script"})["token"]
            Api(server.base, token).get("/me")
            figures, log = nobody.get("/metrics").raw.decode(), server.log_text()
            for private in (HUSH, person.token, server.admin.token, token, "ann.hush"):
                self.assertNotIn(private, log)
                self.assertNotIn(private, figures)
            self.assertNotIn(HUSH, heard)


if __name__ == "__main__":
    unittest.main()
