# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: a throw-away PostgreSQL with the settings of the private one (fsync on; more connections, for pgbench),
its programs, wrk, and the seconds of processor that each side used."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def binary(name):
    for folder in ["/usr/lib/postgresql/%d/bin" % major for major in (17, 16, 15)]:
        if os.access(f"{folder}/{name}", os.X_OK):
            return f"{folder}/{name}"
    return name


def install_wrk():
    if not shutil.which("wrk"):
        root = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*root, "apt-get", "install", "-y", "--no-install-recommends", "wrk"], check=True, stdout=subprocess.DEVNULL)


def owner(command):
    """PostgreSQL refuses root: its programs run as the user postgres then."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def as_owner(command, **more):
    done = subprocess.run(owner(command), capture_output=True, text=True, cwd="/", **more)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.strip()[-1000:]}")
    return done.stdout


class Cluster:
    SETTINGS = ["listen_addresses=", "max_connections=100", "shared_buffers=64MB", "jit=off", "min_wal_size=2GB", "max_wal_size=2GB"]

    def __init__(self, more=()):
        self.more = list(more)

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jalon-perf-"))
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self.folder.chmod(0o755)
        data = str(self.folder / "pg")
        as_owner([binary("initdb"), "-D", data, "-U", "jalon", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"])
        command = [binary("postgres"), "-D", data, "-k", str(self.folder)]
        for setting in self.SETTINGS + self.more:
            command += ["-c", setting]
        self.process = subprocess.Popen(owner(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        for _ in range(100):
            if subprocess.run([binary("pg_isready"), "-q", "-h", str(self.folder)]).returncode == 0:
                break
            time.sleep(0.1)
        as_owner([binary("createdb"), "-h", str(self.folder), "-U", "jalon", "jalon"])
        return self

    def __exit__(self, *_):
        pid = int((self.folder / "pg/postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
