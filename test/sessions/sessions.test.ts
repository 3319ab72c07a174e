import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../src/core/chat.ts";
import { openSessions, type Sessions } from "../../src/sessions/open.ts";
import { messagesOf, resultOf } from "../../src/sessions/session.ts";
import type { SessionKey } from "../../src/sessions/write.ts";
import { readMessage, writeMessage } from "../../src/sessions/written.ts";
import { anOutcome } from "../cli/support/outcomes.ts";

let directory: string;
let warnings: string[];
const open: Sessions[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "nexus-sessions-"));
  warnings = [];
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await rm(directory, { recursive: true });
});

function sessions(): Sessions {
  const made = openSessions(directory, (text) => warnings.push(text));
  open.push(made);
  return made;
}

const user = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });
const assistant = (text: string): Message => ({ role: "assistant", parts: [{ type: "text", text }] });
const key = (name: string, id = name): SessionKey => ({ id, name, createdAt: 1_000 });
const result = resultOf(anOutcome());

async function say(store: Sessions, name: string, prompt: string, answer?: string): Promise<number> {
  const turn = await store.addPrompt(key(name), { at: 2_000, prompt: user(prompt), setup: {} });
  if (turn === undefined) throw new Error("not written");
  if (answer !== undefined) await store.addResult(turn, { answer: assistant(answer), result });
  return turn;
}

describe("a session", () => {
  it("is found by another process as it was written", async () => {
    const setup = {
      target: { kind: "profile", name: "lb" },
      system: "Be short.",
      params: { top_p: 1 },
    } as const;
    const store = sessions();
    const turn = await store.addPrompt(key("a"), { at: 2_000, prompt: user("Why is\nthe sky blue?"), setup });
    await store.addResult(turn ?? 0, { answer: assistant("Rayleigh."), result });
    expect(await sessions().find("a")).toEqual({
      id: "a",
      name: "a",
      title: "Why is the sky blue?",
      createdAt: 1_000,
      updatedAt: 2_000,
      turns: 1,
      setup,
      log: [
        {
          id: turn,
          at: 2_000,
          prompt: user("Why is\nthe sky blue?"),
          answer: assistant("Rayleigh."),
          result,
        },
      ],
    });
    expect((await stat(join(directory, "sessions.db"))).mode & 0o777).toBe(0o600);
  });

  it("of which nothing was asked does not exist", async () => {
    expect(await sessions().find()).toBeUndefined();
    expect(await sessions().list(10)).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it("that was continued last comes first", async () => {
    const store = sessions();
    await say(store, "a", "1");
    await say(store, "b", "2");
    await say(store, "a", "3");
    expect((await store.list(10)).map(({ name, turns }) => [name, turns])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect((await store.find())?.name).toBe("a");
  });

  it("that two processes begin under one name is one", async () => {
    await sessions().addPrompt(key("n", "1"), { at: 1, prompt: user("a"), setup: {} });
    await sessions().addPrompt(key("n", "2"), { at: 2, prompt: user("b"), setup: {} });
    expect((await sessions().find("n"))?.turns).toBe(2);
  });

  it("goes on under its new name where another process renamed it", async () => {
    const store = sessions();
    await say(store, "old", "1");
    expect(await sessions().rename("old", "new")).toBe(true);
    await say(store, "old", "2");
    expect((await store.list(10)).map(({ name, turns }) => [name, turns])).toEqual([["new", 2]]);
  });

  it("takes no name that is taken", async () => {
    const store = sessions();
    await say(store, "a", "1");
    await say(store, "b", "1");
    expect(await store.rename("a", "b")).toBe(false);
    expect(await store.rename("c", "d")).toBe(false);
  });

  it("loses a turn that is taken back, and only that", async () => {
    const store = sessions();
    await say(store, "a", "first");
    await store.removeTurn(await say(store, "a", "second"));
    expect((await store.find("a"))?.log.map(({ prompt }) => prompt)).toEqual([user("first")]);
    expect(await store.search(["second"], 9)).toEqual([]);
  });
});

describe("what is sent when a session goes on", () => {
  it("leaves out prompts that nobody answered", () => {
    const log = [
      { at: 1, prompt: user("a"), answer: assistant("b") },
      { at: 2, prompt: user("lost") },
    ];
    expect(messagesOf(log)).toEqual([user("a"), assistant("b")]);
  });

  it("is any message as it was, parts of kinds nobody knows included", () => {
    const part = fc.oneof(
      fc.record({ type: fc.constant("text"), text: fc.string({ unit: "binary" }) }),
      fc.record({ type: fc.constant("from-the-future"), deep: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(fc.constantFrom("user", "assistant"), fc.array(part), (role, parts) => {
        const kept = JSON.stringify({ v: 2, role, parts });
        const message = readMessage(kept);
        expect(message).toEqual(JSON.parse(JSON.stringify({ role, parts })));
        expect(message && readMessage(writeMessage(message))).toEqual(message);
      }),
    );
  });

  it.each(["", "{", "[]", '{"role":"god","parts":[]}', '{"role":"user"}'])("is nothing of %j", (text) => {
    expect(readMessage(text)).toBeUndefined();
  });
});

describe("the search", () => {
  it.each([
    ["a part of a word, in capitals or not", ["RAYL"]],
    ["capital letters of any language", ["äther"]],
    ["a language without spaces", ["青い空"]],
    ["two letters", ["ay"]],
    ["words of prompt and answer together", ["sky", "scatters"]],
    ["a long and a short one", ["scatters", "l."]],
    ["what would be an operator", ['"quoted"']],
    ["a star that is none", ["AND NOT*"]],
  ])("finds %s", async (_name, words) => {
    const store = sessions();
    await say(store, "a", 'the sky, ÄTHER, 青い空だ "quoted" and not* l.', "Rayleigh scatters");
    await say(store, "b", "something else", "entirely");
    expect((await store.search(words, 9)).map(({ name }) => name)).toEqual(["a"]);
  });

  it("shows the words around what it found", async () => {
    const store = sessions();
    await say(store, "a", `${"before ".repeat(50)}needle ${"after ".repeat(50)}`);
    const [match] = await store.search(["needle"], 9);
    expect(match?.excerpt).toMatch(/^….*before needle after.*…$/);
    expect(match?.excerpt.length).toBeLessThan(120);
  });
});

describe("what is deleted", () => {
  it("is gone from the file, and the others stay", async () => {
    const store = sessions();
    await say(store, "a", `sentinel ${"x".repeat(9_000)}`, "secret answer");
    await say(store, "b", "stays");
    expect(await store.remove(["a", "nobody"])).toBe(1);
    expect((await store.list(9)).map(({ name }) => name)).toEqual(["b"]);
    const files = await readdir(directory);
    const bytes = (await Promise.all(files.map((file) => readFile(join(directory, file), "latin1")))).join();
    expect(bytes).not.toMatch(/sentinel|secret answer/);
    expect(bytes).toContain("stays");
  });

  it("all: what was typed goes too", async () => {
    const store = sessions();
    await say(store, "a", "1");
    await store.addLine("typed");
    expect(await store.remove("all")).toBe(1);
    expect(await store.lines(9)).toEqual([]);
    expect(await store.list(9)).toEqual([]);
  });

  it("by another process while it goes on stays deleted, and a new turn begins it anew", async () => {
    const store = sessions();
    const turn = await say(store, "a", "first");
    await sessions().remove(["a"]);
    await store.addResult(turn, { answer: assistant("late"), result });
    expect(await store.search(["late"], 9)).toEqual([]);
    await say(store, "a", "second");
    expect((await store.find("a"))?.log.map(({ prompt }) => prompt)).toEqual([user("second")]);
  });
});

describe("what was typed", () => {
  it("comes back in its order, the last thousand lines of it", async () => {
    const store = sessions();
    for (let i = 0; i < 1_003; i++) await store.addLine(`${i}`);
    const lines = await store.lines(2_000);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([1_000, "3", "1002"]);
    expect(await store.lines(2)).toEqual(["1001", "1002"]);
  });
});

describe("a file that cannot be used", () => {
  it.skipIf(process.getuid?.() === 0)("is told once, and the conversation goes on unkept", async () => {
    await chmod(directory, 0o500);
    const store = sessions();
    const begun = { at: 1, prompt: user("a"), setup: {} };
    expect(await store.addPrompt(key("a"), begun)).toBeUndefined();
    expect(await store.addPrompt(key("a"), begun)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("conversations are not kept")]);
    await chmod(directory, 0o700);
  });

  it("is a problem for whoever wants to read it, when a newer nexus wrote it", async () => {
    const { default: Database } = await import("libsql");
    const other = new Database(join(directory, "sessions.db"));
    other.exec("PRAGMA user_version = 99");
    other.close();
    await expect(sessions().list(1)).rejects.toThrow("written by a newer nexus");
    await expect(sessions().remove("all")).rejects.toThrow("written by a newer nexus");
  });

  it("is set aside when it is corrupt", async () => {
    await writeFile(join(directory, "sessions.db"), "no database".repeat(500));
    expect(await sessions().list(1)).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/not a database; kept as .*corrupt-/)]);
  });
});
