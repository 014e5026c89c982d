# SPDX-License-Identifier: Apache-2.0
"""workflow.py MACHINE.json: the neutral machine as a workflow file (JSON), on standard output.

Roles become `by:`, guards CEL over event.data and the file's variables, actions `assign`; an event takes the data that
its guards and actions read. Nothing is left out, so that both sides of a measure do the same work."""
import json
import sys

machine = json.load(open(sys.argv[1], encoding="utf-8"))
asked = {}  # event -> members of its data
FACTS = ("now", "actor", "event", "call", "dossier", "documents", "application", "reviews", "decision", "agreement",
         "instalments", "payments", "measures")


def variable(name):
    return name + "_" if name in FACTS else name


def operand(value, event):
    if isinstance(value, list):
        return " ".join((operand(value[1], event), value[0], operand(value[2], event)))
    if not isinstance(value, str):
        return str(value)
    where, name = value.split(".")
    if where == "e":
        asked.setdefault(event, set()).add(name)
    return f"event.data.{name}" if where == "e" else variable(name)


def transition(row, event=None):
    move = {"to": row["target"]}
    if event:
        move["by"] = row["roles"]
    if row.get("guards"):
        move["if"] = " && ".join(operand(machine["guards"][guard], event) for guard in row["guards"])
    if row.get("actions"):
        move["do"] = [{"assign": {variable(set_["set"]): operand(set_["to"], event)}}
                      for action in row["actions"] for set_ in machine["actions"][action]]
    return move


def state(name, row):
    made = {"title": name}
    if row.get("final"):
        made["type"] = "final"
    if "initial" in row:
        made["initial"] = row["initial"]
    if "on" in row:
        made["on"] = {event: [transition(one, event) for one in rows] for event, rows in row["on"].items()}
    if "always" in row:
        made["always"] = [transition(one) for one in row["always"]]
    if "states" in row:
        made["states"] = {inner: state(inner, one) for inner, one in row["states"].items()}
    return made


def members(rows, key):
    for row in rows.values():
        for event, moves in row.get("on", {}).items():
            yield from ([event] if key == "event" else [role for move in moves for role in move["roles"]])
        yield from members(row.get("states", {}), key)


states = {name: state(name, row) for name, row in machine["states"].items()}
roles = dict.fromkeys(role for role in members(machine["states"], "roles") if role != "system")
events = {event: {"title": event} for event in members(machine["states"], "event")}
for event, names in asked.items():
    events[event]["data"] = {"type": "object", "required": sorted(names),
                             "properties": {name: {"type": "integer"} for name in sorted(names)}}
json.dump({"jalon": 1, "id": machine["id"], "title": machine["id"],
           "roles": {role: {"title": role, "on": "dossier" if role == "applicant" else "call"} for role in roles},
           "events": events, "data": {variable(name): value for name, value in machine["context"].items()}, "initial": machine["initial"], "states": states},
          sys.stdout, indent=1)
