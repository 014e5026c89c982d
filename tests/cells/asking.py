# SPDX-License-Identifier: Apache-2.0
"""How an answer is compared with what the oracle expects, and what one could ask of an application."""
import collections
import re

import oracle

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{24,32}\b")
INSIDE = {"guard", "incomplete", "data", "limit"}  # kinds of reasons that tell of what is inside
SAYS = {oracle.ROLE: "belongs to", oracle.STATE: "There is no move", oracle.OVER: "is over", "allowed": "your role does not allow it"}


def plain(reply):
    """An answer without its ids: what may differ between two objects of which the caller may see neither."""
    return reply.status, UUID.sub("-", reply.text), sorted(k for k in reply.headers if k != "date")


def told(reply):
    """The words of a refusal and how many things inside it points at."""
    document = reply.json if isinstance(reply.json, dict) else {}
    return str(document.get("detail", "")), len(document.get("errors", []))


def agrees(expected, reply):
    detail, pointed = told(reply)
    if expected == "passes":
        return reply.status not in (401, 403, 404) and reply.status < 500 and not any(say in detail for say in SAYS.values())
    if isinstance(expected, tuple):
        status, kind = expected
        if kind == oracle.GUARD:
            return reply.status in (status, 422) and not any(say in detail for say in SAYS.values())
        return reply.status == status and SAYS[kind] in detail and pointed == 0
    return reply.status in (expected if isinstance(expected, set) else {expected})


class Tally:
    """Counts cells and keeps what disagrees."""

    def __init__(self):
        self.tried, self.by, self.wrong = 0, collections.Counter(), []

    def cell(self, kind, agreed, where, expected, came):
        self.tried += 1
        self.by[kind] += 1
        if not agreed:
            self.wrong.append((kind, where, str(expected), str(came)))

    def reply(self, kind, where, expected, reply):
        self.cell(kind, agrees(expected, reply), where, expected, f"{reply.status} {' '.join(map(str, told(reply)))}")

    def report(self, most=60):
        groups = collections.Counter((kind, expected[:60], came[:60]) for kind, _, expected, came in self.wrong)
        lines = [f"{len(self.wrong)} of {self.tried} cells disagree"]
        lines += [f"  {count:6} x {kind}: expected {expected}, came {came}…" for (kind, expected, came), count in groups.most_common(25)]
        seen = collections.Counter()
        for kind, where, expected, came in self.wrong:
            seen[kind, expected, came[:40]] += 1
            if seen[kind, expected, came[:40]] <= 3 and most > 0:
                most -= 1
                lines.append(f"  {kind} | {where} | expected {expected[:200]} | came {came[:300]}")
        return "\n".join(lines)


def content_for(row):
    """A review that the grid takes."""
    if "matrix" in row:
        return {"risks": [{"label": "Retard", "kind": "planning", "probability": 1, "gravity": 1, "countermeasure": "Stock"}]}
    return {"scores": {name: int(next(iter(c["scale"]))) for name, c in row["criteria"].items()}, "comments": {name: "Dit en mots." for name in row["criteria"]}}


def acts_of(scene, app):
    """(name, method, path, body, word of edit, grid) of every act that one could try on an application."""
    tree = scene.flows[app.flow].tree
    for grid, row in tree.get("grids", {}).items():
        yield f"review {grid}", "PUT", f"/reviews/{grid}", {"content": content_for(row), "submit": True}, f"review.{grid}", grid
    yield "decision", "POST", "/decisions", {"kind": "granted", "amount": 1000000}, "decision", None
    yield "agreement", "POST", "/agreement", {}, "agreement", None
    yield "signature", "POST", "/agreement/signatures", None, "signature", None
    for name in tree.get("instalments", {}):
        yield f"request {name}", "POST", f"/instalments/{name}/request", {}, f"request.{name}", None
        yield f"approval {name}", "POST", f"/instalments/{name}/approve", {}, "approval", None
        yield f"payment {name}", "POST", f"/instalments/{name}/payments", {"amount": 1}, "payment", None
    for name in list(tree.get("indicators", {}))[:2]:
        yield f"measure {name}", "POST", "/measures", {"indicator": name, "value": 1}, f"measure.{name}", None
        yield f"target {name}", "PUT", f"/targets/{name}", {"target": 1}, f"measure.{name}", None
    yield "message", "POST", "/messages", {"body": "Bonjour"}, "messages", None
