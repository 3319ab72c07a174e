// Parts of nexus by themselves, in one process: prints medians as JSON, times in ms. Bundled before it runs, with --expose-gc.
import { setImmediate as nextTurn } from "node:timers/promises";
import { DEFAULT_RULES } from "../../../src/core/routing.ts";
import { DEFAULT_SETTINGS } from "../../../src/core/settings.ts";
import { decodeRequest } from "../../../src/dialects/openai-chat/door-request.ts";
import { planFor } from "../../../src/engine/planning.ts";
import { createRegistry } from "../../../src/registry/registry.ts";
import { responseHeaders } from "../../../src/server/headers.ts";
import { countTokens } from "../../../src/tokens/count.ts";
import { median } from "../../support/statistics.mjs";
import { chatRequest } from "../messages.mjs";

const BACKENDS = 1_000;
const MODELS = 10;
/** Different models there are: ten backends serve each. */
const NAMES = 1_000;
const WARM_UP = 300;
const SAMPLES = 1_000;

const bytesBefore = await heapBytes();
const registry = fill();
const bytesEach = ((await heapBytes()) - bytesBefore) / BACKENDS;
const read = decodeRequest(Buffer.from(chatRequest()));
if (!read.ok) throw new Error(read.message);
const { request } = read;
const names = Array.from({ length: NAMES }, (_, n) => `model-${n}`);
const deps = {
  catalog: {
    get backends() {
      return registry.all().map(({ backend }) => backend);
    },
    backend: (name) => registry.get(name)?.backend,
    profile: () => ({ found: false }),
    hasProfile: () => false,
    profileNames: () => [],
  },
  findModels: async () => ({ serving: registry.serving, names: registry.modelNames, silent: [] }),
  rules: DEFAULT_RULES,
  state: { read: async () => ({ now: 0, entries: new Map() }) },
  loadOf: registry.loadOf,
  routingSettings: DEFAULT_SETTINGS,
  countTokens,
  chance: Math.random,
};
const { signal } = new AbortController();
const plan = (n) =>
  planFor({ target: { kind: "model", name: names[n % NAMES] }, request }, deps, { take: false, signal });
const [first, ...others] = (await plan(0)).plan.entries;
if (others.length + 1 !== (BACKENDS * MODELS) / NAMES) throw new Error("somebody is missing in the plan");
const told = {
  requestId: "req_0123456789abcdef01234567",
  chainLog: ["gpt: failed (503 Service Unavailable)", "local: success"],
  answering: { ...first, place: "cloud", reason: "backend-failover", fallbackUsed: true, dropped: [] },
  costUsd: 0.0042,
};
process.stdout.write(
  JSON.stringify({
    countMs: await timed(() => countTokens(request, "gpt-4o-mini")),
    headersMs: await timed(() => responseHeaders(told)),
    lookUpMs: await timed((n) => registry.byModel(names[n % NAMES])),
    planMs: await timed(plan),
    bytesEach,
  }),
);

function fill() {
  const filled = createRegistry({ now: () => 0, warn: () => {} });
  for (let n = 0; n < BACKENDS; n++) {
    const models = Array.from({ length: MODELS }, (_, m) => ({ id: `model-${(n * MODELS + m) % NAMES}` }));
    filled.add(backendNamed(`backend-${n}`, models));
  }
  return filled;
}

function backendNamed(name, models) {
  const timeouts = { connectMs: 1, firstContentMs: 1, answerMs: 1, idleMs: 1, totalMs: 1 };
  return {
    name,
    type: "generic",
    dialect: "openai-chat",
    url: `http://10.0.0.1/${name}`,
    key: { env: [], required: false },
    zone: "restricted",
    tier: 1,
    priority: 50,
    models,
    timeouts,
    headers: {},
    extraParams: [],
    source: "configured",
  };
}

/** The median of the times that `work` takes, in ms, when it has been done often enough to be compiled. */
async function timed(work) {
  const times = [];
  for (let n = 0; n < WARM_UP + SAMPLES; n++) {
    const began = performance.now();
    await work(n);
    times.push(performance.now() - began);
  }
  return median(times.slice(WARM_UP));
}

/** What the heap holds after a collection. */
async function heapBytes() {
  for (let round = 0; round < 3; round++) {
    await nextTurn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
