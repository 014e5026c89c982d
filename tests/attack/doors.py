# SPDX-License-Identifier: Apache-2.0
"""Every route of /openapi.json with something real behind each {…} of its path, for those who rattle at all of them."""
import http.client
import json
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import ROOT, Api, Problem, Server, sign_in  # noqa: E402,F401
from world import TOGGLE, World  # noqa: E402

# Sentence of a sample by what a schema says of a member.
SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "date-time": "2029-01-01T00:00:00Z", "date": "2029-01-01", "email": "a@attack.example",
           "integer": 1, "number": 1, "boolean": True, "array": [], "object": {}, "string": "a"}
# Doors that end the session, or the account, of whoever knocks or is named.
ENDING = ("DELETE /api/v1/session", "DELETE /api/v1/sessions", "DELETE /api/v1/me", "DELETE /api/v1/people/{person_id}/sessions",
          "PUT /api/v1/people/{person_id}/suspension")


def sample(schema):
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object" and schema.get("properties"):
        return {name: sample(schema["properties"][name]) for name in schema.get("required", [])}
    formats = [one.get("format") for one in [schema, *schema.get("anyOf", [])] if one.get("format")]
    return SAMPLES.get(formats[0] if formats else schema.get("type", "string"), "a")


class Door:
    """One method of one path: `path` as in the table, `ids` and `query` are its parameters, `body` its JSON schema or None, `media` what it takes."""

    def __init__(self, method, path, said):
        parameters = said.get("parameters", [])
        content = said.get("requestBody", {}).get("content", {})
        self.method, self.path = method.upper(), path
        self.ids = re.findall(r"{(\w+)}", path)
        self.query = [p["name"] for p in parameters if p.get("in") == "query"]
        self.media = next(iter(content), None)
        self.body = content[self.media]["schema"] if self.media and "json" in self.media else None
        self.conditional = {"$ref": "#/components/parameters/IfMatch"} in parameters
        self.public = not said.get("security") or {} in said["security"]

    def __str__(self):
        return f"{self.method} {self.path}"


class Doors(list):
    """All doors of a server, and `world`: one call, one application with one document, the administrator and a carrier."""

    def __init__(self, jalon):
        self.jalon, self.world = jalon, World(jalon)
        self.application, self.dossier = self.world.application()
        pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
        made = self.world.carrier.post(f"/dossiers/{self.dossier}/documents?kind=statutes&name=a.pdf", pdf, headers={"Content-Type": "application/pdf"})
        document = made.json.get("document_id") or made.json.get("id")
        self.real = {"space_id": self.world.space, "call_id": self.world.call, "workflow_id": self.world.workflow, "organisation_id": self.world.organisation,
                     "dossier_id": self.dossier, "application_id": self.application, "document_id": document, "person_id": self.world.carrier_id,
                     "version": "1", "grid_name": "main", "type": "invalid", "code": "fr", "name": "advance", "indicator": "trees"}
        described = json.loads(Api(jalon.base).get("/openapi.json").raw)
        super().__init__(Door(method, path, said) for path, methods in described["paths"].items() for method, said in methods.items()
                         if method in ("get", "post", "put", "patch", "delete"))

    def fill(self, door, **instead):
        """The path with real ids, or those given instead, as they are."""
        def value(found):
            name = found.group(1)
            return instead.get(name, self.real.get(name) or SAMPLES["uuid"])
        return re.sub(r"{(\w+)}", value, door.path)


    def condition(self, door):
        """The headers without which a door stays shut whatever else one sends: If-Match with the present ETag."""
        if not door.conditional:
            return []
        try:
            return [("If-Match", self.jalon.admin.get(self.fill(door).removeprefix("/api/v1")).headers["etag"])]
        except Problem:
            return [("If-Match", '"1"')]


class Knock:
    """Requests word for word: no client checks what is sent. Gives status, headers (a list of pairs), body."""

    def __init__(self, port, token=None):
        self.port, self.token, self.link = port, token, None

    def __call__(self, method, path, headers=(), body=None):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers)]
        if self.token and not any(name.lower() == "authorization" for name, _ in headers):
            lines.append(f"Authorization: Bearer {self.token}")
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        raw = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + (body or b"")
        for attempt in (1, 2):
            fresh = self.link is None
            if fresh:
                self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                self.link.connect()
            try:
                self.link.sock.sendall(raw)
                reply = http.client.HTTPResponse(self.link.sock, method=method)
                reply.begin()
                data = reply.read()
                if reply.will_close:
                    self.close()
                return reply.status, reply.getheaders(), data
            except (http.client.HTTPException, OSError):
                self.close()
                if fresh or attempt == 2:
                    raise

    def close(self):
        if self.link:
            self.link.close()
        self.link = None


def quote(text):
    return urllib.parse.quote(text, safe="")
