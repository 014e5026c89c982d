// SPDX-License-Identifier: Apache-2.0
// compare.mjs MEASURE NEUTRAL MACHINE WORKFLOW: plays the neutral machine's walk on XState's pure transition function and the
// guards of guards.json on @bufbuild/cel, in turn with our own measures, and prints medians and ratios. Both sides count the
// time of their process on a core, check every state and every truth, and start from what is compiled already.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createMachine, assign, initialTransition, transition } from "xstate";
import { celEnv, celFunc, CelScalar, parse, plan } from "@bufbuild/cel";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";

const [measure, neutral, machineFile, workflow] = process.argv.slice(2);
const rounds = Number(process.env.JALON_PERF_ROUNDS ?? 15);
const seconds = Number(process.env.JALON_PERF_SECONDS ?? 0.3);
const guardsFile = new URL("guards.json", import.meta.url).pathname;
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

// --- the neutral machine as XState writes it: one guard function a transition, context in assign ---

const machine = read(machineFile);
const operand = (value) =>
  Array.isArray(value) ? `(${operand(value[1])} ${value[0] === "==" ? "===" : value[0]} ${operand(value[2])})`
  : typeof value !== "string" ? String(value)
  : value.replace(/^c\./, "context.").replace(/^e\./, "event.");
const guardOf = (row) => {
  const role = row.roles && `(${row.roles.map((r) => `event.role === ${JSON.stringify(r)}`).join(" || ")})`;
  const parts = [role, ...(row.guards ?? []).map((name) => operand(machine.guards[name]))].filter(Boolean);
  return parts.length ? new Function("{ context, event }", `return ${parts.join(" && ")};`) : undefined;
};
const actionOf = (name) =>
  assign(Object.fromEntries(machine.actions[name].map(({ set, to }) => [set, new Function("{ context, event }", `return ${operand(to)};`)])));
const transitionOf = (row) => ({
  target: `#${row.target}`, reenter: true, guard: guardOf(row), actions: (row.actions ?? []).map(actionOf) });
const stateOf = (name, row) => ({
  id: name,
  ...(row.final && { type: "final" }),
  ...(row.initial && { initial: row.initial }),
  ...(row.on && { on: Object.fromEntries(Object.entries(row.on).map(([event, rows]) => [event, rows.map(transitionOf)])) }),
  ...(row.always && { always: row.always.map(transitionOf) }),
  ...(row.states && { states: statesOf(row.states) }),
});
const statesOf = (rows) => Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, stateOf(name, row)]));
const chart = createMachine({ id: machine.id, context: machine.context, initial: machine.initial, states: statesOf(machine.states) });
const steps = machine.walk.map(([type, data, then]) => ({ event: { type, ...data }, then }));
const [start] = initialTransition(chart);

function leaf(value) {
  while (typeof value === "object") for (const key in value) { if (typeof value[key] !== "object") return value[key]; value = value[key]; break; }
  return value;
}
function walk() {
  let snapshot = start;
  for (const { event, then } of steps) {
    [snapshot] = transition(chart, snapshot, event);
    if (leaf(snapshot.value) !== then) throw new Error(`${event.type}: expected ${then}, came ${leaf(snapshot.value)}`);
  }
}

// --- the guards on @bufbuild/cel: parsed and planned once, values bound beforehand ---

const instant = /^\d{4}-\d\d-\d\dT[\d:]+Z$/;
const bound = (value) =>
  typeof value === "string" && instant.test(value) ? timestampFromDate(new Date(value))
  : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bound(one)]))
  : value;
const env = celEnv({ funcs: [celFunc("complete", [CelScalar.STRING], CelScalar.BOOL, () => true)] });
const guards = read(guardsFile).flatMap(({ facts, guards: rows }) =>
  rows.map(([source, expected, event, variables]) => ({
    source, expected, run: plan(env, parse(source)), bindings: bound({ ...facts, ...(event && { event }), ...variables }) })));
function evaluate() {
  for (const { source, expected, run, bindings } of guards) {
    const value = run(bindings);
    if (value !== expected) throw new Error(`${source}: expected ${expected}, came ${value}`);
  }
}

// --- rounds ---

const cpu = () => process.cpuUsage().user + process.cpuUsage().system; // µs
function rate(work, n, length) {
  const from = cpu(), to = from + length * 1e6;
  let done = 0, now;
  do {
    for (let i = 0; i < 50; i++) work();
    done += 50 * n;
    now = cpu();
  } while (now < to);
  return done / ((now - from) / 1e6);
}
const ours = (...args) => Number(execFileSync(measure, args.map(String), { encoding: "utf8" }));
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const shown = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(2)} M` : `${(n / 1e3).toFixed(1)} K`);

rate(walk, steps.length, 1); // until it is compiled
rate(evaluate, guards.length, 1);
const took = { decide: [], xstate: [], cel: [], bufbuild: [], load: [] };
for (let i = 0; i < rounds; i++) {
  took.decide.push(ours("decide", neutral, machineFile, seconds));
  took.xstate.push(rate(walk, steps.length, seconds));
  took.cel.push(ours("cel", guardsFile, neutral, seconds));
  took.bufbuild.push(rate(evaluate, guards.length, seconds));
  took.load.push(ours("load", workflow, seconds / 4));
}
const middle = Object.fromEntries(Object.entries(took).map(([name, list]) => [name, median(list)]));
const version = (name) => read(new URL(import.meta.resolve(name).replace(/(\/node_modules\/(@[^/]+\/)?[^/]+)\/.*/, "$1/package.json"))).version;
console.log(`medians of ${rounds} rounds, per second of one core; xstate ${version("xstate")}, @bufbuild/cel ${version("@bufbuild/cel")}, Node ${process.versions.node}`);
console.log(`decide    ${shown(middle.decide)} moves     xstate   ${shown(middle.xstate)} moves`);
console.log(`cel       ${shown(middle.cel)} guards    bufbuild ${shown(middle.bufbuild)} guards`);
console.log(`load      ${middle.load.toFixed(2)} ms to build and check ${workflow}`);
// Of each round, which both sides of a ratio shared with whatever else the machine did; then the median.
const ratio = (ours, theirs) => median(took[ours].map((n, i) => n / took[theirs][i]));
const goals = [["decide/xstate", ratio("decide", "xstate"), 100], ["cel/bufbuild", ratio("cel", "bufbuild"), 50]];
for (const [name, ratio, goal] of goals) console.log(`ratio ${name} ${ratio.toFixed(1)} (goal ${goal})`);
process.exitCode = process.env.JALON_PERF_STRICT && (goals.some(([, ratio, goal]) => ratio < goal) || middle.load >= 50) ? 1 : 0;
