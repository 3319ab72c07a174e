import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

/** Two backends of one model behind an alias and a policy, and a chain. */
async function models(urls: { home: string; cloud: string }): Promise<Workspace> {
  const space = await workspace();
  await space.config({
    backends: {
      cloud: { type: "generic", url: urls.cloud, zone: "open", priority: 10, models: ["m", "n"] },
      home: { type: "generic", url: urls.home, models: [{ id: "m", context_length: 100 }] },
    },
    aliases: { "private-m": "m" },
    fallbacks: { m: ["n"] },
    policies: [{ match: "private-*", zone: "restricted" }],
  });
  return space;
}

describe("nexus explain", () => {
  it("says who would be asked in what order, by which scores, and sends nothing", async () => {
    const [home, cloud] = [await backend(), await backend()];
    const space = await models({ home: home.url, cloud: cloud.url });
    const run = await space.nexus(["explain", "m"]);
    expect(run).toMatchObject({
      code: 0,
      stderr: "nexus: view: fresh, from the files of this machine; nothing is sent\n",
    });
    expect(run.stdout).toBe(
      [
        "model m; needs: zone open, tier 0 or higher",
        "strategy: smart",
        "  1  m@cloud (zone open, tier 1, score 95)",
        "  2  m@home (zone restricted, tier 1, score 75, window 100)",
        "  3  n@cloud (zone open, tier 1, score 95)",
        "",
      ].join("\n"),
    );
    expect([...home.requests, ...cloud.requests]).toHaveLength(0);
  });

  it("names the alias, the policy that binds, and the rule that rules out", async () => {
    const [home, cloud] = [await backend(), await backend()];
    const space = await models({ home: home.url, cloud: cloud.url });
    const run = await space.nexus(["explain", "private-m"]);
    expect(run.stdout).toBe(
      [
        "model m; needs: zone restricted, tier 0 or higher",
        "alias: private-m -> m",
        "policy private-* (private-m): zone restricted",
        "strategy: smart",
        "  -  m@cloud: backend cloud is in zone open, restricted is required",
        "  1  m@home (zone restricted, tier 1, score 75, window 100)",
        "  -  n@cloud: backend cloud is in zone open, restricted is required",
        "",
      ].join("\n"),
    );
  });

  it("ends as the run would when nobody is left, and measures the prompt", async () => {
    const [home, cloud] = [await backend(), await backend()];
    const space = await models({ home: home.url, cloud: cloud.url });
    const args = ["explain", "private-m", "x ".repeat(300), "--json"];
    const run = await space.nexus(args);
    const { candidates, error } = JSON.parse(run.stdout);
    expect(run.code).toBe(6);
    expect(error).toMatchObject({ code: "privacy_constraint_violation", exit_code: 6 });
    expect(candidates[1]).toMatchObject({
      member: "m@home",
      usable: false,
      rule: "context",
      why: expect.stringMatching(/^the prompt has about \d+ tokens; m on home takes 100$/),
      context_window: 100,
    });
    expect((await space.nexus(["chat", "-m", "private-m", "x ".repeat(300)])).code).toBe(6);
  });

  it("agrees with the run on a breaker that is open, with the time of the next probe", async () => {
    const a = await backend({ steps: ["503"] });
    const space = await failoverWorkspace({ a });
    for (let n = 0; n < 3; n++) await space.nexus(["chat", "-p", "a", "x"]);
    const run = await space.nexus(["explain", "--profile", "a"]);
    expect(run.stdout).toMatch(/ {2}- {2}a: m-a @ a: its circuit is open, next probe in (5 min|\d+ s)\n/);
    expect(run.stdout).toContain("nobody would be asked: fallback_chain_exhausted, exit code 5\n");
    expect(run.code).toBe(5);
    expect((await space.nexus(["chat", "-p", "a", "x"])).code).toBe(5);
    expect(a.chats).toHaveLength(3);
  });

  it("prints what chat --explain prints", async () => {
    const [home, cloud] = [await backend(), await backend()];
    const space = await models({ home: home.url, cloud: cloud.url });
    const explained = await space.nexus(["explain", "m", "--zone", "restricted", "--json"]);
    const chat = await space.nexus(["chat", "-m", "m", "--zone", "restricted", "--explain", "--json"]);
    expect(chat).toMatchObject({ code: 0, stdout: explained.stdout });
  });

  it("takes its prompt from a pipe, and a name that nobody knows ends with 3", async () => {
    const [home, cloud] = [await backend(), await backend()];
    const space = await models({ home: home.url, cloud: cloud.url });
    const piped = await space.shell("yes x | head -300 | nexus explain -m private-m");
    expect(piped.stdout).toContain("  -  m@home: the prompt has about ");
    const none = await space.nexus(["explain", "mm"]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain("(did you mean m, n?)");
  });
});

describe("nexus explain --file", () => {
  it("reads what a client would send: the model it names, and what that request needs", async () => {
    const space = await workspace();
    await space.config({
      backends: {
        blind: { type: "generic", url: "http://127.0.0.1:1", models: [{ id: "m", capabilities: ["tools"] }] },
        seeing: {
          type: "generic",
          url: "http://127.0.0.1:2",
          models: [{ id: "m", capabilities: ["vision"] }],
        },
      },
    });
    const image = { type: "image_url", image_url: { url: "https://pictures.example/cat.png" } };
    await space.write(
      "request.json",
      JSON.stringify({ model: "m", messages: [{ role: "user", content: [image] }] }),
    );
    const run = await space.nexus(["explain", "--file", "request.json", "--json"]);
    expect(run.code).toBe(0);
    const { candidates } = JSON.parse(run.stdout);
    expect(candidates).toMatchObject([
      { backend: "blind", usable: false },
      { backend: "seeing", usable: true },
    ]);
  });

  it("names the file and what is wrong in it", async () => {
    const space = await workspace();
    await space.write("request.json", '{"model":"m"}');
    const run = await space.nexus(["explain", "--file", "request.json"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("--file request.json: ");
    expect(run.stderr).toContain("messages");
  });
});
