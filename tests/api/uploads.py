# SPDX-License-Identifier: Apache-2.0
"""What may be uploaded: type, extension and content must agree; a virus is refused, a file that the scanner could not judge waits."""
import base64
import io
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Problem, Server, sign_in  # noqa: E402

# The harmless file that every scanner takes for a virus (eicar.org), in two halves so that none takes this one for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zipped(*files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files:
            archive.writestr(name, text)
    return out.getvalue()


XLSX = zipped(("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<Relationships/>"), ("xl/workbook.xml", "<workbook/>"))
ODS = zipped(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<office/>"))
CASES = [  # sentence, kind, name, declared type, content, status
    ("a PDF is taken in", "statutes", "statuts.pdf", "application/pdf", PDF, 201),
    ("its extension may be in capitals", "statutes", "STATUTS.PDF", "application/pdf", PDF, 201),
    ("a page of HTML called PDF is refused", "statutes", "a.pdf", "application/pdf", b"<!DOCTYPE html><script>alert(1)</script>", 415),
    ("a program called PDF is refused", "statutes", "a.pdf", "application/pdf", b"\x7fELF\x02\x01\x01" + bytes(200), 415),
    ("a shell script called PDF is refused", "statutes", "a.pdf", "application/pdf", b"#!/bin/sh\nrm -rf /\n", 415),
    ("a PDF that says it is a picture is refused", "evidence", "a.png", "image/png", PDF, 415),
    ("a PDF under another extension is refused", "statutes", "a.exe", "application/pdf", PDF, 415),
    ("a PDF without any extension is refused", "statutes", "statuts", "application/pdf", PDF, 415),
    ("a PDF with two extensions goes by its last one", "statutes", "a.pdf.html", "application/pdf", PDF, 415),
    ("a type that nobody admits is refused", "statutes", "a.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
    ("a type that this document does not admit is refused", "statutes", "a.png", "image/png", PNG, 415),
    ("a picture is taken in where pictures are", "evidence", "a.png", "image/png", PNG, 201),
    ("a table is taken in", "budget", "a.csv", "text/csv", b"poste;montant\nterrassement;1200\n", 201),
    ("a spreadsheet is taken in", "budget", "a.ods", "application/vnd.oasis.opendocument.spreadsheet", ODS, 201),
    ("another office's spreadsheet is taken in", "budget", "a.xlsx", XLSX_TYPE, XLSX, 201),
    ("a bare archive called spreadsheet is refused", "budget", "a.xlsx", XLSX_TYPE, zipped(("a.txt", "a")), 415),
    ("an empty file is refused", "statutes", "a.pdf", "application/pdf", b"", 422),
    ("a path for a name is refused", "statutes", "../a.pdf", "application/pdf", PDF, 400),
]


class Clamd:
    """A real clamd with one signature of our own, on a socket of its own."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jalon-clamd-"))
        self.folder.chmod(0o755) # the server may be another user
        self.socket = self.folder / "clamd.sock"
        (self.folder / "test.ndb").write_text(f"Jalon.Test:0:*:{EICAR.hex()}\n")
        config = self.folder / "clamd.conf"
        config.write_text(f"LocalSocket {self.socket}\nLocalSocketMode 666\nDatabaseDirectory {self.folder}\nForeground yes\nLogFile {self.folder}/log\n"
                          "StreamMaxLength 1M\nMaxThreads 2\n" + ("User root\n" if os.geteuid() == 0 else ""))
        self.config, self.process = config, None
        return self

    def start(self):
        self.process = subprocess.Popen([shutil.which("clamd", path="/usr/sbin:/usr/bin"), "-c", str(self.config)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            if self.answers():
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    def answers(self):
        with socket.socket(socket.AF_UNIX) as link:
            try:
                link.connect(str(self.socket))
                link.sendall(b"zPING\0")
                return link.recv(100) == b"PONG\0"
            except OSError:
                return False

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process = None

    def __exit__(self, *_):
        if self.process:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Uploads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clamd = Clamd().__enter__()
        cls.addClassCleanup(cls.clamd.__exit__)
        cls.jalon = Server(clamd=f"unix:{cls.clamd.socket}").start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.carrier, _ = sign_in(cls.jalon.admin, "carrier@projet.example")
        cls.dossier = cls.carrier.post("/dossiers", {"title": "Projet"})["id"]

    def upload(self, kind, name, media, content):
        try:
            return 201, self.carrier.post(f"/dossiers/{self.dossier}/documents?kind={kind}&name={name}", content, headers={"Content-Type": media})
        except Problem as problem:
            return problem.status, problem.document

    def content(self, document):
        try:
            return 200, self.carrier.get(f"/documents/{document}/content")
        except Problem as problem:
            return problem.status, problem.type

    def scan_of(self, document):
        return self.carrier.get(f"/documents/{document}")["scan"]

    def until(self, document, word, seconds=30):
        end = time.monotonic() + seconds
        while self.scan_of(document) != word and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.scan_of(document), word)

    def test_type_extension_and_content_must_agree(self):
        for sentence, kind, name, media, content, status in CASES:
            with self.subTest(sentence):
                self.assertEqual(self.upload(kind, name, media, content)[0], status, sentence)

    def test_without_the_scanner_a_file_waits_in_quarantine_until_it_was_judged(self):
        clean = self.upload("statutes", "a.pdf", "application/pdf", PDF + b"later")[1]
        bad = self.upload("budget", "a.csv", "text/csv", EICAR + b"\n")[1]
        self.assertEqual((clean["scan"], bad["scan"]), ("waiting", "waiting"))
        self.assertEqual(self.content(clean["id"]), (409, "quarantined"))
        self.clamd.start()
        try:
            self.until(clean["id"], "clean")
            self.until(bad["id"], "infected")
            self.assertEqual(self.content(clean["id"])[0], 200)
            self.assertEqual(self.content(bad["id"]), (409, "quarantined"))
            status, refused = self.upload("budget", "b.csv", "text/csv", EICAR + b"\n\n")
            self.assertEqual((status, refused["type"].rsplit("/", 1)[-1]), (422, "infected"))
            self.assertIn("Jalon.Test", str(refused))
            self.assertEqual(self.upload("statutes", "b.pdf", "application/pdf", PDF)[1]["scan"], "clean")
            unsure = self.upload("statutes", "c.pdf", "application/pdf", PDF + bytes(2 << 20))[1]
            self.assertEqual(unsure["scan"], "waiting", "over the scanner's own limit nobody knows")
        finally:
            self.clamd.stop()


if __name__ == "__main__":
    unittest.main()
