# SPDX-License-Identifier: Apache-2.0
"""A small client of the REST API, for the story and the tests: standard library only, one connection a thread."""
import http.client
import json
import re
import threading
import urllib.parse
import uuid


class Problem(Exception):
    """An answer of 4xx or 5xx, with its problem document (RFC 9457)."""

    def __init__(self, method, path, status, document, headers):
        self.status, self.document, self.headers = status, document, headers
        self.type = str(document.get("type", "")).rsplit("/", 1)[-1]
        self.errors = document.get("errors", [])
        what = "; ".join(str(e.get("detail", e)) for e in self.errors) or document.get("detail", "")
        super().__init__(f"{method} {path}: {status} {document.get('title', '')}: {what}")


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        kind = headers.get("content-type", "")
        self.json = json.loads(raw) if raw and "json" in kind else None

    def __getitem__(self, name):
        return self.json[name]


class Api:
    """`Api(base, token)`; get, post, put, patch, delete give an Answer or raise Problem."""

    def __init__(self, base, token=None, lang="fr"):
        self.base, self.token, self.lang = base.rstrip("/"), token, lang
        self.url = urllib.parse.urlsplit(self.base)
        self.local = threading.local()

    def signed(self, token):
        return Api(self.base, token, self.lang)

    def request(self, method, path, body=None, headers=None, timeout=30):
        sent = {"Accept-Language": self.lang, **(headers or {})}
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        if body is not None and not isinstance(body, (bytes, str)):
            body, sent["Content-Type"] = json.dumps(body), sent.get("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        if method == "POST" and "Idempotency-Key" not in sent:
            sent["Idempotency-Key"] = str(uuid.uuid4())
        if not path.startswith("/api") and not path.startswith(("/health", "/metrics", "/openapi", "/problems")):
            path = "/api/v1" + path
        for attempt in (1, 2):
            link = getattr(self.local, "link", None)
            fresh = link is None
            if fresh:
                link = self.local.link = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=timeout)
            try:
                link.request(method, path, body, sent)
                reply = link.getresponse()
                raw = reply.read()
                break
            except (http.client.HTTPException, OSError):
                link.close()
                self.local.link = None
                if fresh or attempt == 2:
                    raise
        found = {k.lower(): v for k, v in reply.getheaders()}
        if reply.status >= 400:
            try:
                document = json.loads(raw)
            except ValueError:
                document = {"title": raw.decode(errors="replace")[:200]}
            raise Problem(method, path, reply.status, document, found)
        return Answer(reply.status, found, raw)

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.request("POST", path, {} if body is None else body, **kw)

    def put(self, path, body, **kw):
        return self.request("PUT", path, body, **kw)

    def patch(self, path, body, etag=None, **kw):
        return self.request("PATCH", path, body, headers={"If-Match": etag} if etag else None, **kw)

    def delete(self, path, **kw):
        return self.request("DELETE", path, **kw)

    def items(self, path):
        """Every item of a list, page after page."""
        while path:
            page = self.get(path)
            yield from page["items"]
            more = re.search(r'<([^>]+)>;\s*rel="next"', page.headers.get("link", ""))
            path = more and urllib.parse.urlsplit(more.group(1))._replace(scheme="", netloc="").geturl()


def sign_in(admin, email):
    """Signs a person in by mailed link; the administrator reads the mail in the outbox."""
    Api(admin.base, lang=admin.lang).post("/sign-in", {"email": email})
    mails = [m for m in admin.items("/outbox") if m["recipient"] == email]
    token = re.search(r"[A-Za-z0-9_-]{43}", max(mails, key=lambda m: int(m["id"]))["body"]).group(0)
    answer = Api(admin.base, lang=admin.lang).post("/sign-in/link", {"token": token})
    return admin.signed(answer["token"]), answer["person"]["id"]
