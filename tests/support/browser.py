# SPDX-License-Identifier: Apache-2.0
"""A real browser for tests: Debian's Chromium, driven by npm playwright-core, judged by npm axe-core."""
import json
import shutil
import subprocess

from jalon import ROOT

FOLDER = ROOT / "build/browser"
PACKAGES = {"playwright-core": "1.65.0", "axe-core": "4.14.0"}


def install():
    if not all((FOLDER / "node_modules" / name / "package.json").exists() for name in PACKAGES):
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", str(FOLDER),
                        *(f"{name}@{version}" for name, version in PACKAGES.items())], check=True, capture_output=True, timeout=300)


class Browser:
    def __init__(self):
        install()
        self.process = subprocess.Popen([shutil.which("node"), str(ROOT / "tests/support/browser.mjs"), str(FOLDER)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def order(self, order, page=None, value=None):
        self.process.stdin.write(json.dumps({"order": order, "page": page, "value": value}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the browser has gone")
        said = json.loads(line)
        if "error" in said:
            raise AssertionError(f"{order} {value}: {said['error']}")
        return said["answer"]

    def page(self, lang="fr", width=1280, dark=False, script=True):
        """A fresh profile's only page."""
        return Page(self, self.order("open", value={"lang": lang, "width": width, "dark": dark, "script": script}))

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Page:
    """`page.goto(url)`, `page.tab("#email")`…: the orders of browser.mjs."""

    def __init__(self, browser, ident):
        self.browser, self.ident = browser, ident

    def __getattr__(self, order):
        return lambda value=None: self.browser.order(order, self.ident, value)
