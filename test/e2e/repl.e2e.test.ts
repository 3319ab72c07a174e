import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFile } from "../support/generated.ts";
import { backend } from "./support/backends.ts";
import { ALT_ENTER, answered, CTRL_C, CTRL_D, CTRL_R, ENTER, leave, repl, UP } from "./support/repl.ts";
import { NO_TERMINAL, onTerminal } from "./support/terminal.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe.skipIf(NO_TERMINAL !== undefined)("T12 nexus chat on a terminal without a prompt", () => {
  it("is a conversation: each answer with a line on it, and what was said goes along", async () => {
    const a = await backend({ answer: "Hi there." });
    const space = await failoverWorkspace({ a });
    const one = await repl(space, "nexus chat -p a");
    one.type("first", ENTER);
    await one.see("Hi there.");
    await one.see("m-a @ a (local) · first token ");
    await one.see("> ");
    one.type("second", ENTER);
    await one.see("Hi there.");
    await one.see("> ");
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [user("first"), assistant("Hi there."), user("second")],
    });
    expect(await leave(one)).toBe(0);
    expect(one.stdout()).toMatch(/go on with: nexus chat --session \d{4}-/);
  });

  it("A002-20 says once that it is in degraded mode, and why", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    const one = await repl(space, "nexus chat -p lb");
    one.type("hi", ENTER);
    await one.see("degraded mode · m-b @ b (local)");
    await one.see("a: failed (503");
    await one.see("b: success");
    await one.see("> ");
    expect(await leave(one)).toBe(0);
  });

  it("T7 takes control sequences out of the answer", async () => {
    const a = await backend({ answer: "a\u001b]52;c;aGk=\u0007b \u001b[31mc\u202ed" });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("hi", ENTER);
    await one.see("ab cd");
    await answered(one);
    await leave(one);
  });

  it("T15 Ctrl-C stops an answer, upstream too; what had come is kept and goes along", async () => {
    const a = await backend({ steps: ["ok"], answer: "some words that take their time", chunkDelayMs: 150 });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("hi", ENTER);
    await one.see("some");
    one.type(CTRL_C);
    await a.aborted();
    await one.see("interrupted");
    await one.see("> ");
    one.type("more", ENTER);
    await answered(one);
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [user("hi"), { role: "assistant", content: expect.stringMatching(/^some/) }, user("more")],
    });
    expect(await leave(one)).toBe(0);
  });

  it("T15 Ctrl-C before the first word leaves nothing that would not alternate", async () => {
    const a = await backend({ steps: ["timeout", "ok"] });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("lost", ENTER);
    await a.nextRequest();
    one.type(CTRL_C);
    await one.see("interrupted");
    await one.see("> ");
    one.type("/retry", ENTER);
    await answered(one);
    expect(a.chats.at(-1)?.body).toMatchObject({ messages: [user("lost")] });
    await leave(one);
  });

  it("T15 Ctrl-C clears a line, hints on an empty one, and the next leaves", async () => {
    const a = await backend();
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("typed");
    await one.see("typed");
    one.type(CTRL_C);
    await one.see("> ");
    one.type(CTRL_C);
    await one.see("press Ctrl-C again to leave");
    await one.see("> ");
    one.type(CTRL_C);
    expect((await one.ended).code).toBe(0);
    expect(a.chats).toEqual([]);
  });

  it.each([
    ["Alt-Enter", ["one", ALT_ENTER, "two", ENTER]],
    ["a backslash", ["one\\", ENTER, "two", ENTER]],
    ["fences", ['"""', ENTER, "one", ENTER, "two", ENTER, '"""', ENTER]],
    ["a paste", ["\u001b[200~one\rtwo\u001b[201~", ENTER]],
  ])("takes several lines by %s", async (_name, keys) => {
    const a = await backend();
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type(...keys);
    await answered(one);
    expect(a.chats.map(({ body }) => body)).toMatchObject([{ messages: [user("one\ntwo")] }]);
    await leave(one);
  });

  it("T21 knows in the next run what was typed: arrow keys, Ctrl-R; and goes on with -c", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const before = await repl(space, "nexus chat -p a");
    before.type("remember me", ENTER);
    await answered(before);
    await leave(before);
    const one = await repl(space, "nexus chat -c");
    one.type(UP, ENTER);
    await answered(one);
    one.type("ember", CTRL_R, ENTER);
    await answered(one);
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [
        user("remember me"),
        assistant("Hi."),
        user("remember me"),
        assistant("Hi."),
        user("remember me"),
      ],
    });
    await leave(one);
  });

  it("loses no prompt to a kill -9", async () => {
    const a = await backend({ steps: ["timeout"] });
    const space = await failoverWorkspace({ a });
    const one = await repl(
      space,
      `sh -c 'echo $$ >pid; exec "$0" "$1" chat -p a' '${process.execPath}' '${projectFile("bin/nexus.js")}'`,
    );
    one.type("unanswered", ENTER);
    await a.nextRequest();
    process.kill(Number(await readFile(join(space.dir, "pid"), "utf8")), "SIGKILL");
    await one.ended;
    const { stdout } = await space.nexus(["sessions", "show", "--json"]);
    expect(JSON.parse(stdout).log).toMatchObject([{ prompt: "unanswered", answer: null }]);
  });

  it("changes profile, model and system text in the middle; the next one gets what was said", async () => {
    const a = await backend({ answer: "From a." });
    const b = await backend({ answer: "From b." });
    const one = await repl(await failoverWorkspace({ a, b }), "nexus chat -p a");
    one.type("one", ENTER);
    await one.see("From a.");
    await one.see("> ");
    one.type("/profile b", ENTER);
    await one.see("from now on");
    one.type("/system Be short.", ENTER);
    await one.see("is set");
    one.type("/set temperature=0.5", ENTER);
    await one.see("temperature=0.5");
    await one.see("> ");
    one.type("two", ENTER);
    await answered(one);
    expect(b.chats.at(-1)?.body).toMatchObject({
      temperature: 0.5,
      messages: [{ role: "system", content: "Be short." }, user("one"), assistant("From a."), user("two")],
    });
    await leave(one);
  });

  it("says what to do when everybody's window is too small", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    await space.profile("a", { version: 1, type: "model", backend: "a", model: "m-a", context_limit: 20 });
    const one = await repl(space, "nexus chat -p a");
    one.type("many words ".repeat(40), ENTER);
    await one.see("/undo takes the last turn back");
    await one.see("> ");
    expect(await leave(one)).toBe(0);
  });

  it("has its commands, and suggests for one it has not", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    await space.write("notes.txt", "the notes");
    const one = await repl(space, "nexus chat -p a");
    const command = async (line: string, says: string): Promise<void> => {
      one.type(line, ENTER);
      await one.see(says);
      await one.see("> ");
    };
    await command("/hlep", "did you mean help?");
    await command("/help", "/explain [PROMPT]");
    await command("/undo", "nothing was said yet");
    await command("/file notes.txt", "goes with the next prompt");
    await command("read this", "first token");
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [user('<file name="notes.txt">\nthe notes\n</file>\n\nread this')],
    });
    await command("/save talk", "this conversation is talk");
    await command("/sessions", "talk");
    await command("/why", "answered by m-a @ a");
    await command("/stats", "1 request");
    await command("/status", "nothing is held against");
    await command("/explain", "m-a");
    await command("/copy", "\u001b]52;c;SGku\u0007");
    await command("/model", "asking profile a");
    await command("/profile", "a");
    await command("/undo", "0 are left");
    await command("/clear", "a new conversation");
    await command("hello", "first token");
    one.type("/quit", ENTER);
    expect((await one.ended).code).toBe(0);
  });

  it("says how to get going where there is nobody to ask", async () => {
    const { code, screen } = await onTerminal(await workspace(), "nexus chat");
    expect(code).toBe(3);
    expect(screen).toContain("three ways to get going");
  });

  it("is plain text where standard output is no terminal", async () => {
    const a = await backend({ answer: "Hi." });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a >out; od -c out | head -1");
    one.type("hi", ENTER);
    await answered(one);
    one.type(CTRL_D);
    expect((await one.ended).stdout).toMatch(/H {3}i {3}\. {2}\\n\r\n/);
  });
});
