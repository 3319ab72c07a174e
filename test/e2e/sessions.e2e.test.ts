import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { failoverWorkspace, type Workspace } from "./support/workspace.ts";

/** What was asked of a backend, message by message, the latest request. */
function lastMessages(mock: Mock): unknown {
  return mock.chats.at(-1)?.body;
}

async function json(space: Workspace, args: readonly string[]) {
  const { stdout } = await space.nexus([...args, "--json"]);
  return JSON.parse(stdout);
}

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe("a session goes on", () => {
  it("with what a provider signed of its model's reasoning, its proof for that provider alone", async () => {
    const claude = await backend({ dialect: "anthropic", answer: { text: "Hi.", reasoning: "Be kind." } });
    const b = await backend({ answer: { text: "Hello.", reasoning: "Nobody signs this." } });
    const env = { CLAUDE_KEY: "sk-ant-made-up" };
    const record = { type: "anthropic", api_key_env: "CLAUDE_KEY" };
    const space = await failoverWorkspace({ claude: { url: claude.url, record }, b });
    const chat = (...words: readonly string[]) => space.nexus(["chat", "--session", "s", ...words], { env });
    await chat("-p", "claude", "one");
    await chat("-p", "b", "two");
    await chat("-p", "claude", "three");
    const thought = { type: "thinking", thinking: "Be kind.", signature: expect.stringMatching(/./) };
    expect(lastMessages(claude)).toMatchObject({
      messages: [
        { role: "user" },
        { role: "assistant", content: [thought, { type: "text", text: "Hi." }] },
        { role: "user" },
        { role: "assistant" },
        { role: "user" },
      ],
    });
    expect(JSON.stringify([...b.chats, ...claude.chats].map(({ body }) => body))).not.toContain(
      "Nobody signs",
    );
    expect(JSON.stringify(b.chats)).not.toContain("signature");
    expect((await space.nexus(["sessions", "export", "s"])).stdout).not.toContain("Be kind.");
    expect((await json(space, ["sessions", "show", "s"])).log[0].answer).toBe("Hi.");
  });

  it("under its name and with -c, in other processes, through the same profile", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    await space.nexus(["chat", "-p", "a", "-s", "Be short.", "--session", "trip", "one"]);
    await space.nexus(["chat", "--session", "trip", "two"]);
    const { code, stdout } = await space.nexus(["chat", "-c", "three"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Hi.\n" });
    expect(lastMessages(a)).toMatchObject({
      model: "m-a",
      messages: [
        { role: "system", content: "Be short." },
        user("one"),
        assistant("Hi."),
        user("two"),
        assistant("Hi."),
        user("three"),
      ],
    });
    expect((await stat(join(space.stateDir, "sessions.db"))).mode & 0o777).toBe(0o600);
  });

  it("through another backend, which gets what the first one said", async () => {
    const a = await backend({ answer: "From a." });
    const b = await backend({ answer: "From b." });
    const space = await failoverWorkspace({ a, b });
    await space.nexus(["chat", "-p", "a", "--session", "s", "one"]);
    await space.nexus(["chat", "-p", "b", "-c", "two"]);
    expect(lastMessages(b)).toMatchObject({ messages: [user("one"), assistant("From a."), user("two")] });
  });

  it("without a prompt that nobody answered, which is kept and told all the same", async () => {
    const a = await backend({ steps: ["400", "ok"], answer: "Hi." });
    const space = await failoverWorkspace({ a });
    expect((await space.nexus(["chat", "-p", "a", "--session", "s", "lost"])).code).toBe(6);
    await space.nexus(["chat", "-c", "again"]);
    expect(lastMessages(a)).toMatchObject({ messages: [user("again")] });
    expect((await json(space, ["sessions", "show"])).log).toMatchObject([
      { prompt: "lost", answer: null, error: { code: "invalid" } },
      { prompt: "again", answer: "Hi.", error: null },
    ]);
  });

  it("after a kill -9 while an answer came: the prompt is there", async () => {
    const a = await backend({ steps: ["timeout", "ok"], answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const running = space.start(["chat", "-p", "a", "--session", "s", "unanswered"]);
    await a.nextRequest();
    running.child.kill("SIGKILL");
    await running.ended;
    expect((await json(space, ["sessions", "show", "s"])).log).toMatchObject([
      { prompt: "unanswered", answer: null, duration_ms: null },
    ]);
    expect((await space.nexus(["chat", "-c", "next"])).stdout).toBe("Hi.\n");
  });

  it("begins with -c where there is none, and says its name", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const { code, stderr } = await space.nexus(["chat", "-p", "a", "-c", "one"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^nexus: there is no session to continue: this one is \d{4}-\d\d-\d\d-[0-9a-f]{4}$/m,
    );
    expect(await json(space, ["sessions", "list"])).toHaveLength(1);
  });

  it("in what --explain tells, which keeps nothing", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const { code } = await space.nexus(["chat", "-p", "a", "--session", "s", "--explain", "one"]);
    expect(code).toBe(0);
    expect(await json(space, ["sessions", "list"])).toEqual([]);
  });

  it("leaves nothing of a question for a profile that does not exist", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    expect((await space.nexus(["chat", "-p", "nobody", "--session", "s", "one"])).code).toBe(3);
    expect(await json(space, ["sessions", "list"])).toEqual([]);
  });

  it("is a usage error with both names, with a bad one, and when none is kept", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    for (const flags of [
      ["-c", "--session", "s"],
      ["--session", "../s"],
      ["--session", "last"],
    ]) {
      expect((await space.nexus(["chat", "-p", "a", ...flags, "hi"])).code).toBe(2);
    }
    const env = { NEXUS_SESSIONS_ENABLED: "false" };
    const { code, stderr } = await space.nexus(["chat", "-p", "a", "-c", "hi"], { env });
    expect(code).toBe(2);
    expect(stderr).toContain("sessions.enabled is false");
  });

  it("is not made by a run that names none", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    await space.nexus(["chat", "-p", "a", "hi"]);
    await expect(stat(join(space.stateDir, "sessions.db"))).rejects.toThrow();
  });
});

describe("nexus sessions", () => {
  async function twoSessions(): Promise<Workspace> {
    const space = await failoverWorkspace({
      a: await backend({ steps: ["503"] }),
      b: await backend({ answer: "Rayleigh scattering." }),
    });
    await space.nexus(["chat", "-p", "lb", "--session", "sky", "Why is the sky blue?"]);
    await space.nexus(["chat", "-p", "b", "--session", "sea", "And the sea?"]);
    return space;
  }

  it("list, show, search, rename, export and delete", async () => {
    const space = await twoSessions();
    const { stdout } = await space.nexus(["sessions", "list"]);
    expect(stdout).toMatch(
      /^sea {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}1 turn {2}b {3}And the sea\?\nsky {2}.* lb {2}Why is the sky blue\?\n$/,
    );
    expect((await space.nexus(["sessions", "search", "SKY", "rayl"])).stdout).toMatch(/^sky .*Rayleigh/);
    expect((await space.nexus(["sessions", "rename", "last", "ocean"])).code).toBe(0);
    expect((await space.nexus(["sessions", "rename", "ocean", "sky"])).code).toBe(2);
    expect((await space.nexus(["sessions", "show", "ocean"])).stdout).toContain("Rayleigh scattering.");
    await space.nexus(["sessions", "export", "sky", "out.md"]);
    const page = await readFile(join(space.dir, "out.md"), "utf8");
    expect(page).toMatch(/^# Why is the sky blue\?\n\nSession sky\n\n- begun: .*\n- profile: lb\n/);
    expect(page).toMatch(/\*degraded mode · m-b @ b .*a: failed \(503.*\) -> b: success\*\n$/);
    expect((await space.nexus(["sessions", "export", "sky", "out.md"])).code).toBe(2);
    expect((await space.nexus(["sessions", "delete", "sky"])).code).toBe(2);
    expect((await space.nexus(["sessions", "delete", "sky", "--force"])).code).toBe(0);
    const gone = await space.nexus(["sessions", "show", "sky"]);
    expect(gone.code).toBe(3);
    await space.nexus(["sessions", "delete", "--all", "--force"]);
    expect(await json(space, ["sessions", "list"])).toEqual([]);
  });

  it("as JSON: what chat --json tells of each run, and the messages", async () => {
    const space = await twoSessions();
    const exported = await space.nexus(["sessions", "export", "sky", "--format", "json"]);
    const shown = await json(space, ["sessions", "show", "sky"]);
    expect(JSON.parse(exported.stdout)).toEqual(shown);
    expect(shown).toMatchObject({
      name: "sky",
      profile: "lb",
      model: null,
      turns: 1,
      log: [
        {
          prompt: "Why is the sky blue?",
          answer: "Rayleigh scattering.",
          final_model: "m-b",
          backend: "b",
          degraded: true,
          chain_log: [expect.stringContaining("a: failed (503"), "b: success"],
          usage: { input_tokens: expect.any(Number) },
          error: null,
        },
      ],
    });
  });

  it("says what to do where there is none", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const { code, stderr } = await space.nexus(["sessions", "show"]);
    expect(code).toBe(3);
    expect(stderr).toContain("no session is saved yet");
  });
});
