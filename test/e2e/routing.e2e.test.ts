import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

/** A workspace whose backends each serve these models, with more of the configuration beside them. */
async function serving(
  models: Readonly<Record<string, { url: string; models: readonly string[]; record?: object }>>,
  config: object = {},
): Promise<Workspace> {
  const space = await workspace();
  await space.config({
    backends: Object.fromEntries(
      Object.entries(models).map(([name, { url, record, models: ids }]) => [
        name,
        { type: "generic", url, models: ids, ...record },
      ]),
    ),
    ...config,
  });
  return space;
}

const chain = (stderr: string) => /nexus: chain: (.*)/.exec(stderr)?.[1];

describe("a model without a profile", () => {
  it("A000-01 A000-02 A000-03 A000-12 goes on to its fallbacks, in order, and says who answered instead", async () => {
    const [a, b, c] = [await backend({ steps: ["503"] }), await backend({ answer: "B" }), await backend()];
    const space = await serving(
      {
        a: { url: a.url, models: ["gpt-4o"] },
        b: { url: b.url, models: ["claude"] },
        c: { url: c.url, models: ["qwen3"] },
      },
      { fallbacks: { "gpt-4o": ["claude", "qwen3"] } },
    );
    const run = await space.nexus(["chat", "-m", "gpt-4o", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "B\n" });
    expect(chain(run.stderr)).toBe(
      "gpt-4o@a: failed (503 The server is currently overloaded with other requests.) -> claude@b: success",
    );
    expect(run.stderr).toContain("nexus: degraded mode: gpt-4o@a did not answer, claude@b did\n");
    expect(c.requests).toHaveLength(0);
  });

  it("A000-03 A000-05 an alias and its fallback, told in JSON by the models' own names", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend({ answer: "B" })];
    const space = await serving(
      { a: { url: a.url, models: ["gpt-4o"] }, b: { url: b.url, models: ["claude"] } },
      { aliases: { best: "gpt-4o" }, fallbacks: { "gpt-4o": ["claude"] } },
    );
    const run = await space.nexus(["chat", "-m", "best", "--json", "x"]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      final_model: "claude",
      backend: "b",
      profile: null,
      fallback_used: true,
    });
    expect(a.chats[0]?.body).toMatchObject({ model: "gpt-4o" });
    const strict = await space.nexus(["chat", "-m", "best", "--no-fallback", "x"]);
    expect(strict.code).toBe(5);
    expect(b.chats).toHaveLength(1);
  });

  it("A000-13 when the whole chain fails the error lists it, with the exit code of the causes", async () => {
    const a = await backend({ steps: ["503"] });
    const space = await serving({ a: { url: a.url, models: ["m"] } }, { fallbacks: { m: ["n"] } });
    const run = await space.nexus(["chat", "-m", "m", "--json", "x"]);
    expect(run.code).toBe(5);
    expect(JSON.parse(run.stdout)).toMatchObject({
      final_model: null,
      error: { name: "FallbackChainExhausted", code: "fallback_chain_exhausted" },
      chain_log: [
        "m@a: failed (503 The server is currently overloaded with other requests.)",
        "n: no backend (skipped)",
      ],
    });
  });

  it("a model that only has a chain is answered from the chain, and the line says so in plain words", async () => {
    const a = await backend({ answer: "A" });
    const space = await serving({ a: { url: a.url, models: ["n"] } }, { fallbacks: { m: ["n"] } });
    const run = await space.nexus(["chat", "-m", "m", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "A\n" });
    expect(run.stderr).toContain("nexus: degraded mode: m did not answer, n@a did\n");
    expect(chain(run.stderr)).toBe("m: no backend (skipped) -> n@a: success");
  });

  it("A002-21 an unknown name lists the nearest of aliases, chains and models, exit 3, nothing sent", async () => {
    const a = await backend();
    const space = await serving(
      { a: { url: a.url, models: ["quick-model"] } },
      { aliases: { "quick-mode": "quick-model" }, fallbacks: { "quick-m": ["quick-model"] } },
    );
    const run = await space.nexus(["chat", "-m", "quick-modl", "x"]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain("(did you mean quick-model, quick-mode, quick-m?)");
    expect(a.chats).toHaveLength(0);
  });

  it("A002-21 an alias is no profile: --profile says how to ask for it", async () => {
    const space = await serving({}, { aliases: { fast: "m" } });
    const run = await space.nexus(["chat", "-p", "fast", "x"]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain("it is the name of a model: ask for it with --model fast\n");
  });

  it("an endless alias stops every command, exit 3, naming the chain", async () => {
    const space = await serving({}, { aliases: { a: "b", b: "a" } });
    const run = await space.nexus(["chat", "-m", "a", "x"]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain("config.json: aliases.a: is a cycle: a -> b -> a");
  });

  it("A001-12 a policy keeps what matches on restricted backends, fallbacks too", async () => {
    const [home, cloud] = [await backend({ steps: ["503"] }), await backend()];
    const space = await serving(
      {
        cloud: { url: cloud.url, models: ["m", "n"], record: { zone: "open", priority: 1 } },
        home: { url: home.url, models: ["m"] },
      },
      {
        aliases: { "private-m": "m" },
        fallbacks: { m: ["n"] },
        policies: [{ match: "private-*", zone: "restricted" }],
      },
    );
    const run = await space.nexus(["chat", "-m", "private-m", "x"]);
    expect(run.code).toBe(5);
    expect(chain(run.stderr)).toBe(
      "m@cloud: outside the restricted zone (skipped) -> m@home: failed (503 The server is currently overloaded with other requests.) -> n@cloud: outside the restricted zone (skipped)",
    );
    expect(cloud.requests).toHaveLength(0);
    const none = await space.nexus(["chat", "-m", "n", "--zone", "restricted", "--json", "x"]);
    expect(none.code).toBe(6);
    expect(JSON.parse(none.stdout).error.code).toBe("privacy_constraint_violation");
  });

  it("round_robin takes turns over all processes of the user", async () => {
    const [a, b] = [await backend(), await backend()];
    const space = await serving(
      { a: { url: a.url, models: ["m"] }, b: { url: b.url, models: ["m"] } },
      { routing: { strategy: "round_robin" } },
    );
    for (let n = 0; n < 4; n++) await space.nexus(["chat", "-m", "m", "x"]);
    expect([a.chats.length, b.chats.length]).toEqual([2, 2]);
  });

  it("X-04 NEXUS_ROUTING_STRATEGY wins over the file", async () => {
    const [a, b] = [await backend(), await backend()];
    const space = await serving(
      { a: { url: a.url, models: ["m"] }, b: { url: b.url, models: ["m"], record: { priority: 1 } } },
      { routing: { strategy: "round_robin" } },
    );
    const env = { NEXUS_ROUTING_STRATEGY: "priority_only" };
    for (let n = 0; n < 2; n++) await space.nexus(["chat", "-m", "m", "x"], { env });
    expect([a.chats.length, b.chats.length]).toEqual([0, 2]);
  });
});

describe("config set", () => {
  it("writes every key of routing, and they hold", async () => {
    const a = await backend();
    const space = await serving({ a: { url: a.url, models: ["m"] } });
    for (const [key, value] of [
      ["aliases.fast", "m"],
      ['fallbacks."gpt-4.1"', '["m"]'],
      ["policies", '[{"match": "secret-*", "zone": "restricted"}]'],
      ["routing.strategy", "random"],
      ["routing.weights.latency", "0"],
      ["routing.capacity_wait_ms", "250"],
      ["backends.a.max_concurrent", "4"],
    ] as const) {
      expect(await space.nexus(["config", "set", key, value])).toMatchObject({ code: 0 });
    }
    expect((await space.nexus(["chat", "-m", "fast", "x"])).code).toBe(0);
    expect((await space.nexus(["chat", "-m", "gpt-4.1", "x"])).code).toBe(0);
    expect((await space.nexus(["config", "validate"])).code).toBe(0);
  });
});

describe("profile save", () => {
  it("warns when the new name hides an alias, or a model that is configured or was listed", async () => {
    const [a, b] = [await backend(), await backend({ models: ["listed"] })];
    const space = await serving(
      { a: { url: a.url, models: ["stated"] }, b: { url: b.url, models: [], record: { models: undefined } } },
      { aliases: { fast: "stated" } },
    );
    await space.nexus(["chat", "-m", "listed", "x"]);
    for (const [name, hidden] of [
      ["fast", "the alias of stated"],
      ["stated", "the model of a"],
      ["listed", "the model of b"],
    ] as const) {
      const run = await space.nexus([
        "profile",
        "save",
        "model",
        name,
        "--backend",
        "a",
        "--model",
        "stated",
      ]);
      expect(run.code).toBe(0);
      expect(run.stderr).toContain(`profile "${name}" hides ${hidden}: that name now leads to the profile`);
    }
    const plain = await space.nexus([
      "profile",
      "save",
      "model",
      "new",
      "--backend",
      "a",
      "--model",
      "stated",
    ]);
    expect(plain.stderr).not.toContain("hides");
  });
});
