import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { failoverWorkspace } from "./support/workspace.ts";

async function oneBackend() {
  const a = await backend({ answer: "Hi." });
  return { a, space: await failoverWorkspace({ a }) };
}

function prompts(mock: Mock): readonly unknown[] {
  return mock.chats.map(({ rawBody }) => JSON.parse(rawBody).messages.at(-1).content);
}

describe("T8 what is the prompt", () => {
  it("stdin alone, its last newline dropped", async () => {
    const { a, space } = await oneBackend();
    expect((await space.shell("printf 'one\\ntwo\\n' | nexus chat -p a")).code).toBe(0);
    expect(prompts(a)).toEqual(["one\ntwo"]);
  });

  it("stdin first, a blank line, then the words", async () => {
    const { a, space } = await oneBackend();
    expect((await space.shell("echo context | nexus chat -p a explain this")).code).toBe(0);
    expect(prompts(a)).toEqual(["context\n\nexplain this"]);
  });

  it("a file on stdin beside words", async () => {
    const { a, space } = await oneBackend();
    await space.write("context.txt", "context\n");
    expect((await space.shell("nexus chat -p a explain < context.txt")).code).toBe(0);
    expect(prompts(a)).toEqual(["context\n\nexplain"]);
  });

  it("- stands for stdin", async () => {
    const { a, space } = await oneBackend();
    expect((await space.shell("echo prompt | nexus chat -p a -")).code).toBe(0);
    expect(prompts(a)).toEqual(["prompt"]);
  });

  it("a socket with something in it, as a parent program writes it", async () => {
    const { a, space } = await oneBackend();
    expect((await space.nexus(["chat", "-p", "a", "q"], { stdin: "context" })).code).toBe(0);
    expect(prompts(a)).toEqual(["context\n\nq"]);
  });

  it("files stand before stdin and words", async () => {
    const { a, space } = await oneBackend();
    await space.write("n.txt", "note");
    expect((await space.shell("echo piped | nexus chat -p a -f n.txt q")).code).toBe(0);
    expect(prompts(a)).toEqual(['<file name="n.txt">\nnote\n</file>\n\npiped\n\nq']);
  });
});

describe("T9, T10, S13 stdin that must not hang or be eaten", () => {
  it("T9 a silent socket beside a prompt is left alone after a moment, with a note", async () => {
    const { a, space } = await oneBackend();
    const running = space.start(["chat", "-p", "a", "q"], { stdin: "open" });
    const run = await running.ended;
    expect(run).toMatchObject({ code: 0, stdout: "Hi.\n" });
    expect(run.stderr).toContain("nexus: nothing came on stdin, going on without it\n");
    expect(prompts(a)).toEqual(["q"]);
  });

  it("T9 a pipe is waited for, with a note", async () => {
    const { a, space } = await oneBackend();
    await space.shell("mkfifo f");
    const running = space.startShell("nexus chat -p a q <f");
    const pipe = await open(join(space.dir, "f"), "w");
    await running.until("stderr", /^nexus: waiting for stdin; -n to skip\n/);
    await pipe.write("late\n");
    await pipe.close();
    expect((await running.ended).code).toBe(0);
    expect(prompts(a)).toEqual(["late\n\nq"]);
  });

  it("T9 -n never reads: a pipe that nobody writes to does not hang it", async () => {
    const { a, space } = await oneBackend();
    const running = space.startShell("mkfifo f; exec 3<>f; nexus chat -n -p a q <f");
    expect(await running.ended).toMatchObject({ code: 0, stdout: "Hi.\n" });
    expect(prompts(a)).toEqual(["q"]);
  });

  it("T10 a loop keeps its lines with -n", async () => {
    const { a, space } = await oneBackend();
    await space.write("lines", "one\ntwo\nthree\n");
    const run = await space.shell('while read -r l; do nexus chat -q -n -p a "$l"; done < lines');
    expect(run).toMatchObject({ code: 0, stdout: "Hi.\nHi.\nHi.\n" });
    expect(prompts(a)).toEqual(["one", "two", "three"]);
  });

  it.each(["</dev/null", "<&-"])("S13 %s is no input", async (redirect) => {
    const { a, space } = await oneBackend();
    expect((await space.shell(`nexus chat -p a q ${redirect}`)).code).toBe(0);
    expect(prompts(a)).toEqual(["q"]);
    const none = await space.shell(`nexus chat -p a ${redirect}`);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/there is no prompt\n {2}for example: nexus chat "/);
  });
});

describe("T11 what stdin may hold", () => {
  it("nothing: a usage error with an example", async () => {
    const { a, space } = await oneBackend();
    expect((await space.shell("printf '\\n' | nexus chat -p a")).code).toBe(2);
    expect(a.chats).toHaveLength(0);
  });

  it.each([
    ["binary data", "printf 'a\\000b'", "stdin: binary data"],
    ["invalid UTF-8", "printf 'a\\377\\376b'", "stdin: not UTF-8"],
  ])("S13 %s is refused", async (_name, write, message) => {
    const { a, space } = await oneBackend();
    const run = await space.shell(`${write} | nexus chat -p a q`);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(message);
    expect(a.chats).toHaveLength(0);
  });

  it("a byte order mark is dropped, CR LF inside is kept", async () => {
    const { a, space } = await oneBackend();
    expect((await space.shell("printf '\\357\\273\\277a\\r\\nb\\r\\n' | nexus chat -p a")).code).toBe(0);
    expect(prompts(a)).toEqual(["a\r\nb"]);
  });

  it("S13 more than 32 MiB is refused", async () => {
    const { a, space } = await oneBackend();
    const run = await space.shell("head -c 34000000 /dev/zero | tr '\\0' a | nexus chat -p a");
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("stdin: more than 32 MiB");
    expect(a.chats).toHaveLength(0);
  });

  it("10 MB of prompt go through whole", async () => {
    const { a, space } = await oneBackend();
    const run = await space.shell("yes 'some words to read' | head -c 10000000 | nexus chat -p a");
    expect(run).toMatchObject({ code: 0, stdout: "Hi.\n" });
    expect(String(prompts(a)[0]).length).toBe(10_000_000);
  });
});
