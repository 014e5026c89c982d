# SPDX-License-Identifier: Apache-2.0
"""Identity providers for tests: npm oidc-provider in a process of its own, the providers' file, and a browser that follows forms."""
import html.parser
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import urllib.parse

from jalon import ROOT, free_port

FOLDER = ROOT / "build/oidc"
PACKAGE = "oidc-provider@8.8.1"  # runs on Debian's Node as well


def install():
    if not (FOLDER / "node_modules/oidc-provider/package.json").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", str(FOLDER), PACKAGE],
                       check=True, capture_output=True, timeout=300)


class Real:
    """oidc-provider with one client; `start()` when the redirect address is known."""

    def __init__(self, **client):
        install()
        self.port, self.process = free_port(), None
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.client = {"client_id": "jalon", "client_secret": "secret-of-the-real-one", "token_endpoint_auth_method": "client_secret_basic", **client}

    def start(self, base, name):
        self.client.setdefault("redirect_uris", [f"{base}/api/v1/sign-in/oidc/{name}/callback"])
        self.client.setdefault("post_logout_redirect_uris", [f"{base}/"])
        self.process = subprocess.Popen([shutil.which("node"), str(ROOT / "tests/support/provider.mjs"), str(FOLDER), str(self.port),
                                         json.dumps(self.client)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if self.process.stdout.readline().strip() != "listening":
            raise RuntimeError("the provider does not start")
        return self

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def rotate(self):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        link.request("POST", "/test/rotate", "")
        assert link.getresponse().read() == b"rotated"


def write_file(folder, providers):
    """The providers' file of {name: {member: value}}; `secret` becomes a file of its own."""
    folder = pathlib.Path(folder)
    said = {}
    for name, one in providers.items():
        one = dict(one)
        if "secret" in one:
            path = folder / f"{name}.secret"
            path.write_text(one.pop("secret") + "\n")
            os.chmod(path, 0o600)
            one["client_secret_file"] = str(path)
        said[name] = one
    path = folder / "providers.yaml"
    path.write_text(json.dumps({"providers": said}, indent=1, ensure_ascii=False))
    return path


class Form(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form" and not self.action:
            self.action = found["action"]
        if tag == "input" and found.get("name"):
            self.fields[found["name"]] = found.get("value", "")


class Page:
    def __init__(self, url, reply):
        self.url, self.status, self.raw = url, reply.status, reply.read()
        self.headers = reply.getheaders()
        self.text = self.raw.decode(errors="replace")

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def json(self):
        return json.loads(self.text)


class Browser:
    """Keeps cookies by host and port, as few browsers do and as tests on loopback want; sends what a browser sends."""

    def __init__(self):
        self.jars = {}

    def ask(self, method, url, body=None, headers=None):
        at = urllib.parse.urlsplit(url)
        jar = self.jars.setdefault(at.netloc, {})
        sent = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", **(headers or {})}
        if jar:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in jar.items())
        link = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
        link.request(method, at.path + ("?" + at.query if at.query else ""), body, sent)
        page = Page(url, link.getresponse())
        link.close()
        for name, value in page.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                jar[key] = rest.split(";")[0]
        return page

    def follow(self, page, stop=""):
        """Follows redirections up to one whose address begins with `stop`, which is returned."""
        while page.status in (302, 303):
            url = urllib.parse.urljoin(page.url, page.header("Location"))
            if stop and url.startswith(stop):
                return url
            page = self.ask("GET", url)
        return page

    def submit(self, page, **fields):
        form = Form(page.text)
        body = urllib.parse.urlencode({**form.fields, **fields})
        return self.ask("POST", urllib.parse.urljoin(page.url, form.action), body, {"Content-Type": "application/x-www-form-urlencoded"})
