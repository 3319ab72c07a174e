import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DialectName } from "../../src/core/backend.ts";
import type { Mock } from "../../src/mock/mock.ts";
import { BACKENDS } from "../matrix/backends.ts";
import { backend } from "./support/backends.ts";
import { askGemini, objectsOf, saying } from "./support/gemini.ts";
import { readToCut } from "./support/read-to-cut.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { type Finished, workspace } from "./support/workspace.ts";

/** The form in which a client wants its answer. */
const FORMS = {
  whole: "generateContent",
  events: "streamGenerateContent?alt=sse",
  array: "streamGenerateContent",
} as const;

/** Before the answer began: the next member answers. */
const BEFORE = [
  ["FB01", "429:retry-after=30", /^rate limited$/],
  ["FB02", "429", /^rate limited$/],
  ["FB03", "500", /^failed \(500 .+\)$/],
  ["FB04", "503", /^failed \(503 .+\)$/],
  ["FB05", "cut-after-headers", /^failed \(.+\)$/],
  ["FB06", "timeout", /^timeout$/],
  ["FB07", "role-only-stall", /^timeout$/],
  ["FB10", "malformed", /^failed \(.+\)$/],
  ["U67", "empty-answer", /^failed \(empty response\)$/],
] as const;

/** After it began: an error object, and a cut connection. */
const AFTER = [
  ["FB08", "cut-stream:after=2"],
  ["FB09", "stall:after=2"],
  ["FB10", "malformed-after:after=2"],
  ["FB11", "end-stream:after=2"],
  ["U46", "error-in-stream-after"],
] as const;

/** Nobody else is asked. */
const STOPS = [
  ["U58", "400:message=Wrong.", 400],
  ["U58", "422:message=Wrong.", 422],
] as const;

/** In Gemini's language bytes pass, from OpenAI's they are translated. */
const SPOKEN: readonly DialectName[] = ["gemini", "openai-chat"];

/** Short clocks where a backend falls silent. */
const QUICK = { timeouts: { first_content_ms: 1000, answer_ms: 1000, idle_ms: 1000 } };
const recordOf = (dialect: DialectName, fault = "") => ({
  ...BACKENDS.find((one) => one.dialect === dialect)?.record,
  ...(/stall|timeout/.test(fault) && QUICK),
});

const CASES = [...BEFORE, ...AFTER, ...STOPS, ["FB13", "filtered"] as const].flatMap(([, fault]) =>
  SPOKEN.flatMap((dialect) => Object.values(FORMS).map((verb) => ({ fault, dialect, verb }))),
);
const nameOf = (fault: string, dialect: DialectName, verb: string) =>
  `p${CASES.findIndex((one) => one.fault === fault && one.dialect === dialect && one.verb === verb)}`;

const cleans: (() => Promise<void>)[] = [];
const lasting: Finished = (clean) => void cleans.unshift(clean);
const faulty = new Map<string, Mock>();
let server: RunningServer;

beforeAll(async () => {
  const space = await workspace(lasting);
  const good = await backend({ dialect: "gemini", answer: "Fine." }, lasting);
  const backends: Record<string, object> = {
    good: { ...recordOf("gemini"), url: good.url, api_key_env: "K", models: ["m-good"] },
  };
  await space.profile("good", { version: 1, type: "model", backend: "good", model: "m-good" });
  for (const { fault, dialect, verb } of CASES) {
    const name = nameOf(fault, dialect, verb);
    const mock = await backend({ dialect, steps: [fault], answer: "One two three four." }, lasting);
    faulty.set(name, mock);
    backends[name] = {
      ...recordOf(dialect, fault),
      url: mock.url,
      api_key_env: "K",
      models: [`m-${name}`],
    };
    await space.profile(name, { version: 1, type: "model", backend: name, model: `m-${name}` });
    await space.profile(`lb-${name}`, {
      version: 1,
      type: "loadbalancer",
      policy: "failover",
      profiles: [name, "good"],
    });
  }
  await space.config({ backends, health: { enabled: false } });
  server = await serve(space, [], { env: { K: "key" } }, lasting);
});

afterAll(async () => {
  for (const clean of cleans) await clean();
});

async function play(fault: string, dialect: DialectName, verb: string) {
  const name = nameOf(fault, dialect, verb);
  const response = await askGemini(server, `lb-${name}`, saying("Hello?"), { verb });
  const { text, cut } = await readToCut(response);
  const chain = (response.headers.get("x-nexus-chain") ?? "").replaceAll(name, "faulty");
  return { response, text, cut, chain, asked: faulty.get(name)?.chats.length };
}

const PAIRS = SPOKEN.flatMap((dialect) =>
  Object.entries(FORMS).map(([form, verb]) => ({ dialect, form, verb })),
);

describe.each(PAIRS)("at the Gemini door, from $dialect as $form", ({ dialect, form, verb }) => {
  it.concurrent.each(BEFORE)("%s %s: the next member answers", async (_, fault, why) => {
    const { response, text, cut, chain, asked } = await play(fault, dialect, verb);
    expect([response.status, cut, asked]).toEqual([200, false, 1]);
    const [first = "", last] = chain.split(" -> ");
    expect(first.replace("faulty: ", "")).toMatch(why);
    expect(last).toBe(form === "whole" ? "good: success" : "good: streaming");
    expect(text).toContain("Fine.");
    expect(form === "events" ? objectsOf(text) : JSON.parse(text)).toBeTruthy();
  });

  it.concurrent.each(STOPS)("%s %s: the caller's mistake is told once", async (_, fault, status) => {
    const { response, text, chain, asked } = await play(fault, dialect, verb);
    expect([response.status, asked]).toEqual([status, 1]);
    expect(JSON.parse(text)).toMatchObject({ error: { code: status, message: "Wrong." } });
    expect(chain).not.toContain("good");
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  it("FB13 stopped by the content filter in the middle keeps what came and says so", async () => {
    const { response, text, cut } = await play("filtered", dialect, verb);
    expect([response.status, cut]).toEqual([200, false]);
    expect(text).toContain('"finishReason":"SAFETY"');
  });
});

describe.each(PAIRS.filter(({ form }) => form !== "whole"))(
  "an answer that had begun, at the Gemini door, from $dialect as $form",
  ({ dialect, form, verb }) => {
    it.concurrent.each(AFTER)(
      "%s %s: an error object, a cut connection, and nobody else is asked",
      async (_, fault) => {
        const { response, text, cut, chain, asked } = await play(fault, dialect, verb);
        expect([response.status, cut, asked]).toEqual([200, true, 1]);
        expect(chain).toBe("faulty: streaming");
        expect(text).not.toContain("finishReason");
        const objects = form === "events" ? objectsOf(text) : JSON.parse(`${text}]`);
        expect(objects[0].candidates[0].content.parts[0].text).toMatch(/^One/);
        expect(objects.at(-1)).toMatchObject({ error: { code: 503, status: "UNAVAILABLE" } });
      },
    );
  },
);
