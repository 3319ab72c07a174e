import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Workspace, workspace } from "./support/workspace.ts";

/** A workspace with two backends, and the model profiles `fast`, `local` and `spare`. */
async function members(): Promise<Workspace> {
  const space = await workspace();
  await space.config({
    backends: {
      box: { type: "ollama", url: "http://127.0.0.1:1", models: [{ id: "llama", context_length: 8192 }] },
      cloud: { type: "openai", url: "http://127.0.0.1:2", models: [{ id: "gpt", context_length: 128000 }] },
    },
  });
  await space.profile("fast", { version: 1, type: "model", backend: "cloud", model: "gpt" });
  await space.profile("local", { version: 1, type: "model", backend: "box", model: "llama" });
  await space.profile("spare", { version: 1, type: "model", backend: "box", model: "other" });
  return space;
}

const saved = async (space: Workspace, name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(space.configDir, "profiles", `${name}.json`), "utf8"));

const files = async (space: Workspace): Promise<string[]> =>
  (await readdir(join(space.configDir, "profiles"))).sort();

const save = (space: Workspace, ...args: string[]) => space.nexus(["profile", "save", ...args]);

describe("profile save loadbalancer", () => {
  it("A003-02 A003-06 A003-26 saves what the command names and nothing else", async () => {
    const space = await members();
    const env = {
      OPENAI_API_KEY: "sk-canary-0123456789",
      NEXUS_PROFILE: "fast",
      NEXUS_ROUTING_SETTINGS_TIMEOUT_MS: "9",
    };
    const ended = await space.nexus(["profile", "save", "loadbalancer", "lb", "failover", "fast", "local"], {
      env,
    });
    expect(ended).toMatchObject({ code: 0, stdout: "" });
    expect(await saved(space, "lb")).toEqual({
      version: 1,
      type: "loadbalancer",
      policy: "failover",
      profiles: ["fast", "local"],
    });
  });

  it.each([
    ["FAILOVER", "failover", "failover"],
    ["RoundRobin", "roundrobin", "round-robin"],
  ])("A003-01 A003-03 the policy %s is %s, its strategy %s", async (word, policy, strategy) => {
    const space = await members();
    expect((await save(space, "loadbalancer", "lb", word, "fast", "local")).code).toBe(0);
    expect(await saved(space, "lb")).toMatchObject({ policy });
    const shown = await space.nexus(["profile", "show", "lb", "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({ policy, strategy });
  });

  it.each(["", "  ", "random", "fast"])(
    "A003-03 A003-04 the policy %j is refused, naming both",
    async (word) => {
      const space = await members();
      const { code, stderr } = await save(space, "loadbalancer", "lb", word, "fast", "local");
      expect(code).toBe(2);
      expect(stderr).toMatch(/roundrobin.*failover/);
      expect(await files(space)).not.toContain("lb.json");
    },
  );

  it("A003-05 failover with one member is refused and says 2", async () => {
    const space = await members();
    const { code, stderr } = await save(space, "loadbalancer", "lb", "failover", "fast");
    expect(code).toBe(2);
    expect(stderr).toContain("at least 2");
    expect((await save(space, "loadbalancer", "lb", "roundrobin", "fast")).code).toBe(0);
  });

  it("A003-06 the help names both policies and every setting", async () => {
    const { code, stdout } = await save(await workspace(), "loadbalancer", "--help");
    expect(code).toBe(0);
    for (const word of [
      "roundrobin",
      "failover",
      "failover_retry_count",
      "circuit_breaker_backoff",
      "Example",
    ]) {
      expect(stdout).toContain(word);
    }
  });

  it("A003-07 a member that does not exist is refused with the nearest names, and nothing is saved", async () => {
    const space = await members();
    const { code, stderr } = await save(space, "loadbalancer", "lb", "failover", "fast", "locla");
    expect(code).toBe(3);
    expect(stderr).toMatch(/"locla".*did you mean local/);
    expect(await files(space)).toEqual(["fast.json", "local.json", "spare.json"]);
  });

  it("A003-08 shows the defaults of its settings", async () => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local", "--set", "failover_retry_count=500");
    const { settings } = JSON.parse((await space.nexus(["profile", "show", "lb", "--json"])).stdout);
    expect(settings).toMatchObject({
      failover_retry_count: { value: 100, default: false },
      failover_retry_delay_ms: { value: 0, default: true },
      failover_on_network_errors: { value: true, default: true },
      failover_status_codes: { value: null, default: true },
    });
  });

  it.each([
    ["failover_retry_count=lots", "whole number"],
    ["failover_retry_cuont=1", "failover_retry_count"],
    ["failover_on_network_errors=no", "true or false"],
    ["temperature=0", "params.temperature"],
    ["zone=near", "zone"],
    ["nonsense", "key=value"],
    ["=1", "key=value"],
  ])("--set %s is refused", async (word, text) => {
    const space = await members();
    const { code, stderr } = await save(
      space,
      "loadbalancer",
      "lb",
      "failover",
      "fast",
      "local",
      "--set",
      word,
    );
    expect([2, 3]).toContain(code);
    expect(stderr).toContain(text);
    expect(await files(space)).not.toContain("lb.json");
  });

  it("duplicates and itself are refused; a cycle is named", async () => {
    const space = await members();
    expect((await save(space, "loadbalancer", "lb", "failover", "fast", "fast")).stderr).toContain(
      "fast is there twice",
    );
    expect((await save(space, "loadbalancer", "lb", "failover", "fast", "lb")).stderr).toContain(
      "member of itself",
    );
    await save(space, "loadbalancer", "inner", "failover", "fast", "local");
    await save(space, "loadbalancer", "outer", "failover", "inner", "spare");
    const { code, stderr } = await save(
      space,
      "loadbalancer",
      "inner",
      "failover",
      "outer",
      "fast",
      "--force",
    );
    expect(code).toBe(3);
    expect(stderr).toContain("inner -> outer -> inner");
    expect(await saved(space, "inner")).toMatchObject({ profiles: ["fast", "local"] });
  });

  it("without arguments off a terminal it is a usage error with an example", async () => {
    const space = await members();
    for (const args of [
      ["loadbalancer"],
      ["loadbalancer", "lb"],
      ["loadbalancer", "lb", "failover"],
      ["model"],
      ["model", "x"],
    ]) {
      const { code, stderr, stdout } = await save(space, ...args);
      expect(code).toBe(2);
      expect(stderr).toContain("nexus profile save");
      expect(stdout).toBe("");
    }
  });
});

describe("profile save model", () => {
  it("A003-26 saves backend, model and parameters; values are JSON where they parse", async () => {
    const space = await members();
    const args = [
      "model",
      "m",
      "--backend",
      "box",
      "--model",
      "llama",
      "--system",
      "Be brief.",
      "--context-limit",
      "4096",
    ];
    const sets = ["temperature=0.2", 'stop=["END"]', "keep_alive=5m", "params.seed=7"].flatMap((set) => [
      "--set",
      set,
    ]);
    const { code, stderr } = await save(space, ...args, ...sets);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("warning") });
    expect(await saved(space, "m")).toEqual({
      version: 1,
      type: "model",
      backend: "box",
      model: "llama",
      system: "Be brief.",
      context_limit: 4096,
      params: { temperature: 0.2, stop: ["END"], keep_alive: "5m", seed: 7 },
    });
  });

  it("warns of a parameter that the backend's type does not know", async () => {
    const space = await members();
    const { code, stderr } = await save(
      space,
      "model",
      "m",
      "--backend",
      "cloud",
      "--model",
      "gpt",
      "--set",
      "num_ctx=1",
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning.*num_ctx.*left out/);
  });

  it("an unknown backend is refused with the nearest names", async () => {
    const space = await members();
    const { code, stderr } = await save(space, "model", "m", "--backend", "clod", "--model", "gpt");
    expect(code).toBe(3);
    expect(stderr).toMatch(/"clod".*cloud/);
  });

  it("knows the presets, unless they are turned off", async () => {
    const space = await members();
    expect((await save(space, "model", "m", "--backend", "openai", "--model", "gpt-4o-mini")).code).toBe(0);
    expect((await space.nexus(["config", "set", "presets", "false"])).code).toBe(0);
    expect((await save(space, "model", "n", "--backend", "openai", "--model", "gpt-4o-mini")).code).toBe(3);
  });

  it("a literal key is refused and not repeated", async () => {
    const space = await members();
    const args = [
      "model",
      "m",
      "--backend",
      "box",
      "--model",
      "llama",
      "--set",
      "api_key=sk-canary-0123456789",
    ];
    const { code, stderr } = await save(space, ...args);
    expect(code).toBe(3);
    expect(stderr).toContain("api_key");
    expect(stderr).not.toContain("canary");
  });

  it("a setting of load balancers is refused: it must not reach a request body", async () => {
    const space = await members();
    const args = ["model", "m", "--backend", "box", "--model", "llama", "--set", "failover_retry_count=2"];
    expect((await save(space, ...args)).code).toBe(2);
  });

  it.each(["..", "a/b", ".x", "CON", "x".repeat(65), "", "Fast"])(
    "S9 the name %j is refused",
    async (name) => {
      const space = await members();
      const { code } = await save(space, "model", name, "--backend", "box", "--model", "llama");
      expect(code).toBe(2);
      expect(await files(space)).toEqual(["fast.json", "local.json", "spare.json"]);
    },
  );

  it.each(["__proto__", "constructor"])("C21 the name %s is a name like any other", async (name) => {
    const space = await members();
    expect((await save(space, "model", name, "--backend", "box", "--model", "llama")).code).toBe(0);
    expect((await space.nexus(["profile", "show", name])).stdout).toContain("llama");
  });

  it("T22 over an existing profile needs --force off a terminal", async () => {
    const space = await members();
    const args = ["model", "fast", "--backend", "box", "--model", "llama"];
    const refused = await save(space, ...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--force");
    expect(await saved(space, "fast")).toMatchObject({ backend: "cloud" });
    expect((await save(space, ...args, "--force")).code).toBe(0);
    expect(await saved(space, "fast")).toMatchObject({ backend: "box" });
  });

  it("A003-27 a load balancer in use changes nothing about what is saved", async () => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local");
    const env = { NEXUS_PROFILE: "lb" };
    await space.nexus(["profile", "set", "lb", "failover_sticky=true"], { env });
    expect(await saved(space, "lb")).toMatchObject({
      type: "loadbalancer",
      settings: { failover_sticky: true },
    });
  });
});

describe("profile list and show", () => {
  it("T26 list prints rows that scripts can read, and JSON", async () => {
    const space = await members();
    await space.nexus(["profile", "default", "fast"]);
    const { stdout } = await space.nexus(["profile", "list"]);
    expect(stdout.split("\n").map((line) => line.split(/\s+/)[0])).toEqual(["fast", "local", "spare", ""]);
    expect(stdout).toMatch(/^fast +model +gpt @ cloud +default$/m);
    const rows = JSON.parse((await space.nexus(["profile", "list", "--json"])).stdout);
    expect(rows[0]).toEqual({ name: "fast", default: true, type: "model", backend: "cloud", model: "gpt" });
  });

  it("a broken profile is listed with its reason, and the rest works", async () => {
    const space = await members();
    await space.write("config/profiles/half.json", '{"version": 1,');
    const { code, stdout } = await space.nexus(["profile", "list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^half .*profile is not valid.*half\.json:1:/m);
    expect((await space.nexus(["profile", "show", "fast"])).code).toBe(0);
    expect((await space.nexus(["profile", "show", "half"])).code).toBe(3);
  });

  it("A003-28 the context limit is the explicit one, else the smallest known member's", async () => {
    const space = await members();
    const limit = async (name: string) =>
      JSON.parse((await space.nexus(["profile", "show", name, "--json"])).stdout);
    await save(space, "loadbalancer", "lb", "failover", "fast", "local", "spare");
    expect(await limit("lb")).toMatchObject({ context_limit: 8192, context_limit_from: "local" });
    await save(space, "loadbalancer", "outer", "failover", "lb", "fast");
    expect(await limit("outer")).toMatchObject({ context_limit: 8192, context_limit_from: "local" });
    await space.nexus(["profile", "set", "lb", "context_limit=4000"]);
    expect(await limit("lb")).toMatchObject({ context_limit: 4000, context_limit_from: "lb" });
    expect(await limit("spare")).toMatchObject({ context_limit: null });
    expect((await space.nexus(["profile", "show", "outer"])).stdout).toMatch(/context limit +4000 tokens/);
  });

  it("an unknown profile is exit 3 with the nearest names", async () => {
    const { code, stderr } = await (await members()).nexus(["profile", "show", "lokal"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/"lokal".*did you mean local/);
  });
});

describe("profile set", () => {
  it("sets settings, own keys and parameters, and removes them", async () => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local");
    const words = ["failover_status_codes=[503]", "zone=restricted", "min_tier=2", "params.temperature=0.1"];
    expect((await space.nexus(["profile", "set", "lb", ...words])).code).toBe(0);
    expect(await saved(space, "lb")).toMatchObject({
      settings: { failover_status_codes: [503] },
      zone: "restricted",
      min_tier: 2,
      params: { temperature: 0.1 },
    });
    const removed = [
      "zone=",
      "params.temperature=",
      "--unset",
      "min_tier",
      "--unset",
      "failover_status_codes",
    ];
    expect((await space.nexus(["profile", "set", "lb", ...removed])).code).toBe(0);
    expect(Object.keys(Object(await saved(space, "lb")))).toEqual(["version", "type", "policy", "profiles"]);
  });

  it.each([
    ["lb", "zone=far", "zone"],
    ["lb", "min_tier=9", "min_tier"],
    ["lb", "failover_sticky=maybe", "true or false"],
    ["lb", "system=x", "no key of a load balancer"],
    ["fast", "zone=open", "no key of a model profile"],
    ["fast", "context_limit=few", "context_limit"],
    ["fast", "temperature=1", "params.temperature"],
    ["fast", "word", "key=value"],
  ])("%s %s is refused and changes nothing", async (name, word, text) => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local");
    const before = await saved(space, name);
    const { code, stderr } = await space.nexus(["profile", "set", name, word]);
    expect([2, 3]).toContain(code);
    expect(stderr).toContain(text);
    expect(await saved(space, name)).toEqual(before);
  });
});

describe("copy, rename, delete", () => {
  it("copy leaves the first, and asks before it replaces", async () => {
    const space = await members();
    expect((await space.nexus(["profile", "copy", "fast", "quick"])).code).toBe(0);
    expect(await saved(space, "quick")).toEqual(await saved(space, "fast"));
    expect((await space.nexus(["profile", "copy", "local", "quick"])).code).toBe(2);
  });

  it("rename refuses a name that is taken, its own too", async () => {
    const space = await members();
    for (const name of ["local", "fast"]) {
      const { code, stderr } = await space.nexus(["profile", "rename", "fast", name]);
      expect(code).toBe(2);
      expect(stderr).toContain(`there is a profile "${name}" already`);
    }
  });

  it("rename takes load balancers and the default along", async () => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local");
    await space.nexus(["profile", "default", "fast"]);
    expect((await space.nexus(["profile", "rename", "fast", "quick"])).code).toBe(0);
    expect(await saved(space, "lb")).toMatchObject({ profiles: ["quick", "local"] });
    expect((await space.nexus(["profile", "default"])).stdout).toBe("quick\n");
    expect(await files(space)).toEqual(["lb.json", "local.json", "quick.json", "spare.json"]);
    expect((await space.nexus(["profile", "rename", "quick", "local"])).code).toBe(2);
  });

  it("delete refuses while something refers to the profile, naming it", async () => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local");
    await space.nexus(["profile", "default", "fast"]);
    const { code, stderr } = await space.nexus(["profile", "delete", "fast", "--force"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/"lb".*default_profile.*\n.*--cascade/);
    expect(await files(space)).toContain("fast.json");
  });

  it("--cascade takes it out everywhere; a load balancer left too small goes too", async () => {
    const space = await members();
    await save(space, "loadbalancer", "three", "failover", "fast", "local", "spare");
    await save(space, "loadbalancer", "two", "failover", "fast", "local");
    await save(space, "loadbalancer", "outer", "roundrobin", "two", "spare");
    await space.nexus(["profile", "default", "fast"]);
    expect((await space.nexus(["profile", "delete", "fast", "--cascade", "--force"])).code).toBe(0);
    expect(await files(space)).toEqual(["local.json", "outer.json", "spare.json", "three.json"]);
    expect(await saved(space, "three")).toMatchObject({ profiles: ["local", "spare"] });
    expect(await saved(space, "outer")).toMatchObject({ profiles: ["spare"] });
    expect((await space.nexus(["profile", "default"])).code).toBe(3);
    expect((await space.nexus(["profile", "check"])).code).toBe(0);
  });

  it("T22 delete needs --force off a terminal", async () => {
    const space = await members();
    const { code, stderr } = await space.nexus(["profile", "delete", "spare"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--force");
    expect((await space.nexus(["profile", "delete", "spare", "--force"])).code).toBe(0);
    expect(await files(space)).not.toContain("spare.json");
  });
});

describe("profile check", () => {
  it("S8 exits 3 and names missing members, cycles, bad files and unknown backends", async () => {
    const space = await members();
    await space.profile("lb", {
      version: 1,
      type: "loadbalancer",
      policy: "failover",
      profiles: ["fast", "gone"],
    });
    await space.profile("a", { version: 1, type: "loadbalancer", policy: "roundrobin", profiles: ["b"] });
    await space.profile("b", { version: 1, type: "loadbalancer", policy: "roundrobin", profiles: ["a"] });
    await space.profile("lost", { version: 1, type: "model", backend: "nobody", model: "m" });
    await space.write("config/profiles/half.json", "{");
    const { code, stdout } = await space.nexus(["profile", "check"]);
    expect(code).toBe(3);
    for (const text of [
      "fast: ok",
      "lb: member gone: no such profile",
      "a -> b -> a",
      "half.json:1:",
      '"nobody"',
    ]) {
      expect(stdout).toContain(text);
    }
    const json = JSON.parse((await space.nexus(["profile", "check", "--json"])).stdout);
    expect(json.ok).toBe(false);
    expect((await space.nexus(["profile", "check", "fast", "local"])).code).toBe(0);
  });

  it("a key that is not there is a note, not a problem", async () => {
    const space = await workspace();
    await save(space, "model", "fast", "--backend", "openai", "--model", "gpt-4o-mini");
    const { code, stdout } = await space.nexus(["profile", "check"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/note.*OPENAI_API_KEY/);
  });
});

describe("export and import", () => {
  it("what is exported can be imported elsewhere", async () => {
    const space = await members();
    await save(space, "loadbalancer", "lb", "failover", "fast", "local", "--set", "failover_sticky=true");
    const { stdout } = await space.nexus(["profile", "export", "lb"]);
    expect((await space.nexus(["profile", "import", "-", "--name", "again"], { stdin: stdout })).code).toBe(
      0,
    );
    expect(await saved(space, "again")).toEqual(await saved(space, "lb"));
    const file = join(space.dir, "lb.json");
    expect((await space.nexus(["profile", "export", "lb", file])).code).toBe(0);
    expect((await space.nexus(["profile", "export", "lb", file])).code).toBe(2);
    expect((await space.nexus(["profile", "import", file])).code).toBe(2);
    expect((await space.nexus(["profile", "import", file, "--force"])).code).toBe(0);
  });

  it("a profile of llxprt-code is read, and what is lost is said without the key", async () => {
    const space = await members();
    const file = await space.write(
      "work.json",
      JSON.stringify({
        version: 1,
        provider: "openai",
        model: "gpt-4o",
        modelParams: { temperature: 0.5 },
        ephemeralSettings: {
          "auth-key": "sk-canary-0123456789",
          "context-limit": 9000,
          "shell-replacement": true,
        },
      }),
    );
    const { code, stderr } = await space.nexus(["profile", "import", file]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/auth-key/);
    expect(stderr).toMatch(/shell-replacement/);
    expect(stderr).not.toContain("canary");
    expect(await saved(space, "work")).toEqual({
      version: 1,
      type: "model",
      backend: "openai",
      model: "gpt-4o",
      params: { temperature: 0.5 },
      context_limit: 9000,
    });
  });

  it.each(['{"version": 1,', "[]", "{}", '{"version":9,"type":"model"}'])("%s is refused", async (text) => {
    const space = await members();
    const { code, stderr } = await space.nexus(["profile", "import", await space.write("x.json", text)]);
    expect(code).toBe(3);
    expect(stderr).toContain("x.json");
    expect(await files(space)).toEqual(["fast.json", "local.json", "spare.json"]);
  });
});

describe("profile edit", () => {
  it("saves what the editor leaves, spelled as it was left", async () => {
    const space = await members();
    const env = { EDITOR: "sed -i 's/gpt/gpt-5/'" };
    expect((await space.nexus(["profile", "edit", "fast"], { env })).code).toBe(0);
    expect(await saved(space, "fast")).toMatchObject({ model: "gpt-5" });
  });

  it("a mistake leaves the old file, and says where the edited text is", async () => {
    const space = await members();
    const temporary = join(space.dir, "tmp");
    await mkdir(temporary);
    const env = { VISUAL: "sed -i 's/\"model\":/model:/'", TMPDIR: temporary };
    const { code, stderr } = await space.nexus(["profile", "edit", "fast"], { env });
    expect(code).toBe(3);
    expect(stderr).toMatch(/fast\.json:\d+:\d+/);
    expect(stderr).toContain(temporary);
    expect(await saved(space, "fast")).toMatchObject({ model: "gpt" });
  });

  it("mends a broken profile", async () => {
    const space = await members();
    await space.write("config/profiles/half.json", '{"version": 1,');
    const whole = await space.write("whole.json", JSON.stringify(await saved(space, "fast")));
    expect((await space.nexus(["profile", "edit", "half"], { env: { EDITOR: `cp ${whole}` } })).code).toBe(0);
    expect((await space.nexus(["profile", "check", "half"])).code).toBe(0);
  });

  it("an editor that fails, or none at all, changes nothing", async () => {
    const space = await members();
    expect((await space.nexus(["profile", "edit", "fast"], { env: { EDITOR: "false" } })).code).not.toBe(0);
    expect((await space.nexus(["profile", "edit", "fast"])).code).toBe(2);
  });

  it("S2 a broken profile is never saved over", async () => {
    const space = await members();
    await writeFile(join(space.configDir, "profiles", "half.json"), "{");
    const { code } = await save(space, "model", "half", "--backend", "box", "--model", "llama", "--force");
    expect(code).toBe(3);
    expect(await readFile(join(space.configDir, "profiles", "half.json"), "utf8")).toBe("{");
  });
});
