# SPDX-License-Identifier: Apache-2.0
"""The oracle: what each person is promised, read from the documentation and from the workflow file, never from the program and never
by asking it. Whatever the documentation does not grant is refused. Each rule stands under the sentence that it rests on.

It answers with words of its own: an HTTP status, or a set of them where the documentation leaves the choice."""
import dataclasses
import re

# ---- people, as the scene declares them and the oracle reads them


@dataclasses.dataclass(frozen=True)
class Holding:
    """A grant: a role on something, by the scene's name for it ("the call", "another call"…), and whether it is in force."""
    role: str
    scope: str
    target: str
    when: str = "now"     # now, past, to come, revoked
    given_by: str = ""    # who gave it on for a while: its holder acts for them
    moves: tuple = ()     # all that it lets do, when it says so


@dataclasses.dataclass(frozen=True)
class Persona:
    name: str
    holds: tuple = ()
    shows: str = "a token"  # nothing, a wrong token, a revoked token, an expired token, an ended session
    member: tuple = ()      # (organisation, member or owner)
    admin: bool = False
    wrote: tuple = ()       # grids on which this person submits a review when the way to a state has them write one

    @property
    def signed_in(self):
        return self.shows == "a token"

    def in_force(self):
        # issue: "a grant binds person × role × scope with dates"; access.h: "those in force"; a revoked one is none.
        return [h for h in self.holds if h.when == "now"]

    def has(self, role, scope, target):
        return any((h.role, h.scope, h.target) == (role, scope, target) for h in self.in_force())


# access.h: "A grant's role counts for a workflow's role of the same name `on` the same scope or, along one line, on a wider one:
# application < call < space < platform; dossier < organisation."
WIDER = {"application": ("application", "call", "space", "platform"), "call": ("call", "space", "platform"), "space": ("space", "platform"),
         "platform": ("platform",), "dossier": ("dossier", "organisation"), "organisation": ("organisation",), "territory": ("territory",)}


@dataclasses.dataclass
class Place:
    """Where an application stands among the scopes, by the scene's names; territories with what they lie in (issue: "inside or below")."""
    application: str
    call: str
    space: str
    dossier: frozenset  # the names that it goes by
    organisation: str
    territories: frozenset
    platform: str = "platform"

    def has(self, scope, target):
        mine = self.territories if scope == "territory" else getattr(self, scope)
        return target in mine if isinstance(mine, frozenset) else target == mine


class Workflow:
    """The file, read by itself."""

    def __init__(self, tree):
        self.id, self.tree = tree["id"], tree
        self.roles = tree["roles"]
        self.states = {}  # path -> row
        self.leaf = {}    # id -> path
        self.atomic = set()
        self._walk("", tree["states"])
        self.events = sorted({event for row in self.states.values() for event in (row.get("on") or {})})
        self.form_members = {name: set(form.get("properties", {})) for name, form in tree.get("forms", {}).items()}
        # "sections: set answers and documents apart from the forms that ask them"
        self.section_of = {(kind, item): name for name, row in tree.get("sections", {}).items() for kind in ("answers", "documents") for item in as_list(row.get(kind))}

    def _walk(self, above, states):
        for name, row in states.items():
            path = f"{above}.{name}" if above else name
            row = row or {}
            self.states[path], self.leaf[name] = row, path
            if "states" in row:
                self._walk(path, row["states"])
            else:
                self.atomic.add(name)

    def active(self, places):
        """Every active state, inner before outer: "inner states come before outer ones"."""
        seen = []
        for place in places:
            parts = self.leaf.get(place, place).split(".")
            seen += [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
        return list(dict.fromkeys(seen))

    def moves_of(self, path, event):
        rows = (self.states[path].get("on") or {}).get(event)
        return [rows] if isinstance(rows, dict) else rows or []

    def moves(self, places, event):
        """The moves of this event from the active states: `on` of each, "a move, or a list of moves"."""
        for path in self.active(places):
            yield from self.moves_of(path, event)

    def over(self, places):
        """`type: final` ends: the application is over when it stands in a final state at the top."""
        return any("." not in self.leaf.get(p, p) and self.states[self.leaf.get(p, p)].get("type") == "final" for p in places)

    def edits(self, places, roles):
        """edit: "role → what it may write here, inner states included"."""
        words = set()
        for path in self.active(places):
            for role, given in (self.states[path].get("edit") or {}).items():
                if role in roles:
                    words |= set([given] if isinstance(given, str) else given)
        return words

    def sees(self, roles, places=()):
        """"`sees:` of a role holds in every state, `see:` of a state while it is active", "inner states included"."""
        words = set()
        for role in roles:
            words |= set(as_list(self.roles[role].get("sees")))
        for path in self.active(places):
            for role, given in (self.states[path].get("see") or {}).items():
                if role in roles:
                    words |= set(as_list(given))
        return words


GROUPS = {"form": "forms", "section": "sections", "document": "documents", "review": "reviews", "request": "requests", "measure": "measures",
          "decision": "decision", "agreement": "agreement", "payment": "payment"}  # the last three are of parts: decision.kind…


def has_word(words, word):
    """`forms` is every `form.<id>`, and so on (the schema's word_item)."""
    group, _, item = word.partition(".")
    return word in words or bool(item and GROUPS.get(group) in words)


def has_any(words, group):
    """The group or any item of it."""
    return group in words or any("." in w and GROUPS.get(w.partition(".")[0]) == group for w in words)


def as_list(value):
    return [] if value is None else [value] if isinstance(value, str) else list(value)


# ---- who one is on an application

def lets(h, workflow, event):
    """README: "Acting for somebody is a grant that comes from theirs … for all or named moves"; "reviews, and roles that a file marks
    `delegate: false`, are nobody's but their holder's"."""
    if not h.given_by or event is None:
        return True
    return event != "review.submitted" and (not h.moves or event in h.moves) and workflow.roles[h.role].get("delegate", True)


def roles_on(who, workflow, place, event=None):
    """The roles that one sees by or, for an event, acts in."""
    if not who.signed_in:
        return set()
    held = set()
    for role, row in workflow.roles.items():
        for h in who.in_force():
            # access.h: "A carrier granted on a space carries nothing": WIDER of a dossier has no space in it.
            if h.role == role and h.scope in WIDER[row["on"]] and place.has(h.scope, h.target) and lets(h, workflow, event):
                held.add(role)
    # README: "Nobody judges what they carry: whoever holds a role on a dossier acts on its applications, and sees them, in that role alone."
    own = {r for r in held if workflow.roles[r]["on"] == "dossier"}
    return own or held


def manages(who, space):
    # access.h: "manager on space: its workflows, its calls, grants on them"; "admin on platform: … grants anything".
    return who.signed_in and (who.admin or who.has("manager", "space", space))


def answers_for(who, space):
    """README: a delegation is "given no further": roles are granted by a grant of one's own."""
    return who.signed_in and (who.admin or any((h.role, h.scope, h.target, h.given_by) == ("manager", "space", space, "") for h in who.in_force()))


def knows(who, workflow, place):
    """May learn that the application exists. routes: "Applications one has a part in"; README (rights): who runs the space or the
    platform knows that it exists, and reads nothing in it."""
    return bool(roles_on(who, workflow, place)) or manages(who, place.space)


def listed(who, workflow, place, of_call=False):
    """routes: "Applications one has a part in"; of one call, also to whoever runs it, which an administrator does everywhere."""
    return bool(roles_on(who, workflow, place)) or (who.signed_in and (who.has("manager", "space", place.space) or (who.admin and of_call)))


# ---- guards: the CEL of the file, over what was really done (facts.py)

def holds(guard, facts):
    if guard is None or isinstance(guard, bool):
        return guard is not False
    text = re.sub(r"!(?!=)", " not ", guard.replace("&&", " and ").replace("||", " or "))
    text = re.sub(r"\btrue\b", "True", re.sub(r"\bfalse\b", "False", text))
    return bool(eval(text, {"__builtins__": {}}, facts))  # of our own files, never of strangers


# ---- moves

ROLE, STATE, OVER, GUARD = "role", "state", "over", "guard"


def move(who, workflow, app, event, facts):
    """What firing `event` answers: 401, 404, 201, or (409, kind of reason). README of workflows: "by: role or list"; "a list of moves of
    which the first that is allowed and true is taken"; "Without `by` people cannot fire it"."""
    if not who.signed_in:
        return 401
    if not knows(who, workflow, app.place):
        return 404
    if workflow.over(app.places):
        return 409, OVER
    here = [m for m in workflow.moves(app.places, event) if "by" in m]  # "Without `by` people cannot fire it"
    if not here:
        return 409, STATE
    roles = roles_on(who, workflow, app.place, event)
    mine = [m for m in here if roles & set(as_list(m.get("by")))]
    if not mine:
        return 409, ROLE
    return 201 if any(holds(m.get("if"), facts) for m in mine) else (409, GUARD)


def moves_offered(who, workflow, app, facts):
    """The events that the list of moves shows open."""
    return {event for event in workflow.events if move(who, workflow, app, event, facts) == 201}


# ---- reads of an application: path, the words of `sees` of which one, or a part of one, is needed (README of workflows, "Who reads what")

READS = {
    "/dossier": ("forms", "sections", "documents"),
    "/receipt": ("forms", "sections", "documents"),
    "/reviews": (),  # "one's own reviews are always visible": an empty list at least
    "/results": ("reviews",),
    "/decisions": ("decision",),
    "/agreement": ("agreement",),
    # "`agreement` is all of its parts with instalments and payments; `requests` are the instalments alone, `payment` the payments alone"
    "/instalments": ("agreement", "requests"),
    "/payments": ("agreement", "payment"),
    "/indicators": ("measures",),
    "/measures": ("measures",),
    "/messages": ("messages",),
    "/moves": ("history",),
}
OPTIONAL = {"/agreement": "agreement"}  # 404 while there is none, for whoever may see it


def read(who, workflow, app, path):
    if not who.signed_in:
        return 401
    if not knows(who, workflow, app.place):
        return 404
    roles = roles_on(who, workflow, app.place)
    words = workflow.sees(roles, app.places)
    whole = path in ("/instalments", "/payments")  # a part of the agreement shows neither
    if READS[path] and not any(w in words if whole and w == "agreement" else has_any(words, w) for w in READS[path]):
        return 403  # a role that does not see it is told so, whether or not there is one
    carries = any(workflow.roles[r]["on"] == "dossier" for r in roles)
    if path == "/dossier" and not carries and not app.filed:
        return 404  # "What was filed is a sealed version": nothing was, and a draft is its authors' own
    if path == "/receipt":
        # "seal … gives a receipt"; "unseal: the living dossier is read again", so that none or the last one may be told
        return 404 if not app.filed else 200 if app.sealed else {200, 404}
    if path in OPTIONAL and not getattr(app, OPTIONAL[path]):
        return 404
    return 200


def answers_seen(who, workflow, app):
    """Names of the answers in /dossier: those of the forms that one's roles see (issue: "sections of a dossier have readers")."""
    words = workflow.sees(roles_on(who, workflow, app.place), app.places)
    seen = set()
    for form, members in workflow.form_members.items():
        for m in members:
            section = workflow.section_of.get(("answers", m))
            if has_word(words, f"section.{section}" if section else f"form.{form}"):
                seen.add(m)
    return seen


def kinds_seen(who, workflow, app):
    words = workflow.sees(roles_on(who, workflow, app.place), app.places)
    # "`documents` no longer mean them, only `sections`, `section.<id>` or a document's own name do"
    apart = lambda d: workflow.section_of.get(("documents", d))  # noqa: E731
    return {d for d in workflow.tree.get("documents", {}) if f"document.{d}" in words or has_word(words, f"section.{apart(d)}" if apart(d) else f"document.{d}")}


def reviews_seen(who, workflow, app):
    """(author, grid) of the reviews that one reads: "One's own reviews, and others' where one sees them"; "a draft is its author's own";
    blind: "nobody sees another's opinion before giving their own"."""
    roles = roles_on(who, workflow, app.place)
    words = workflow.sees(roles, app.places)
    seen = set()
    for author, grid, submitted in app.reviews:
        row = workflow.tree["grids"][grid]
        judges = roles & set(as_list(row["by"]))
        given = any(a == who.name and g == grid and s for a, g, s in app.reviews)
        if author == who.name:
            seen.add((author, grid))
        elif submitted and has_word(words, f"review.{grid}") and not (row.get("blind") and judges and not given):
            seen.add((author, grid))
    return seen


# ---- acts: the word of `edit` that each needs

ACTS = {"review": "review.submitted", "decision": "decision.recorded", "agreement": "agreement.prepared", "signature": "agreement.signed", "request": "instalment.requested",
        "approval": "instalment.approved", "payment": "payment.recorded", "measure": "measure.recorded", "validation": "measure.validated", "messages": "message.posted"}


def act(who, workflow, app, word, grid=None):
    """401, 404, 409 with the reason "role" or "allowed", or "passes": rights stand in the way no more. README: "Every act is an event
    through decide(), like a move; `edit:` of the state allows it"."""
    if not who.signed_in:
        return 401
    if not knows(who, workflow, app.place):
        return 404
    roles = roles_on(who, workflow, app.place, ACTS.get(word.partition(".")[0], word))
    if grid:  # a grid is `by:` a role, and that role must be let write here
        roles = roles & set(as_list(workflow.tree["grids"][grid]["by"]))
    words = workflow.edits(app.places, roles)
    return "passes" if has_word(words, word) or (word in GROUPS.values() and has_any(words, word)) else (409, "allowed")


def judges_measure(who, workflow, app):
    """A measure is an object with an address of its own: whoever may neither see measures nor validate them cannot tell it from none."""
    verdict = act(who, workflow, app, "validation")
    if verdict in (401, 404) or verdict == "passes":
        return verdict
    words = workflow.sees(roles_on(who, workflow, app.place), app.places)
    return verdict if has_word(words, f"measure.{app.measured}") else 404


# ---- dossiers and documents

def holds_dossier(who, place, role):
    return who.signed_in and any(h.role == role and h.scope in WIDER["dossier"] and place.has(h.scope, h.target) for h in who.in_force())


def carries(who, app):
    # access.h: "carrier of it, or of all of its organisation's"; "carrier on dossier: edits, invites, opens applications"
    return holds_dossier(who, app.place, "carrier")


def writes(who, app):
    # access.h: "author on dossier: edits, submits nothing"
    return carries(who, app) or holds_dossier(who, app.place, "author")


def dossier(who, app, by=writes):
    """The dossier itself: its authors', and to everyone else nothing; an author who needs to be the carrier is told so."""
    if not who.signed_in:
        return 401
    return 200 if by(who, app) else 403 if writes(who, app) else 404


def document(who, workflow, app, kind):
    """routes: "What a document is". Its authors read it; others as documents of an application that was filed, by their words."""
    if not who.signed_in:
        return 401
    if writes(who, app):
        return 200
    return 200 if app.filed and knows(who, workflow, app.place) and kind in kinds_seen(who, workflow, app) else 404
