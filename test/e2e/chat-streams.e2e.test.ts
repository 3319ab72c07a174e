import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { failoverWorkspace } from "./support/workspace.ts";

describe("T14, S10, S11 signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s cancels the upstream, keeps what came, ends the line, and no failover (A003-24)",
    async (signal, code) => {
      const [a, b] = [await backend({ steps: ["stall"], answer: "Hello there." }), await backend()];
      const space = await failoverWorkspace({ a, b });
      const running = space.start(["chat", "-p", "lb", "x"]);
      await running.until("stdout", /Hello/);
      running.child.kill(signal);
      const run = await running.ended;
      expect(run.code).toBe(code);
      expect(run.stdout).toMatch(/^Hello ?\n$/);
      expect(run.stderr).toContain("nexus: chain: a: aborted\n");
      await a.aborted();
      expect(b.chats).toHaveLength(0);
    },
  );

  it("A003-24 an interrupt before the first content neither fails over nor hangs", async () => {
    const [a, b] = [await backend({ steps: ["timeout"] }), await backend()];
    const space = await failoverWorkspace({ a, b });
    const running = space.start(["chat", "-p", "lb", "x"]);
    await a.nextRequest();
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130, stdout: "" });
    await a.aborted();
    expect(b.chats).toHaveLength(0);
  });

  it("T14 a second interrupt ends it at once, however long the first takes", async () => {
    const a = await backend({ steps: ["endless-stream"] });
    const space = await failoverWorkspace({ a });
    const { child, ended } = space.start(["chat", "-p", "a", "x"]);
    // Nobody reads, so that the run waits for room and cannot end by itself.
    child.stdout?.pause();
    await a.nextRequest();
    child.kill("SIGINT");
    await a.aborted();
    child.kill("SIGINT");
    await once(child, "exit");
    child.stdout?.resume();
    expect((await ended).code).toBe(130);
  });

  it("T16 JSON modes tell an interrupt too, as their one last word", async () => {
    const a = await backend({ steps: ["stall"], answer: "Hello there." });
    const space = await failoverWorkspace({ a });
    const running = space.start(["chat", "-p", "a", "--ndjson", "x"]);
    await running.until("stdout", /"delta"/);
    running.child.kill("SIGINT");
    const run = await running.ended;
    expect(run.code).toBe(130);
    const events = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { name: "Aborted" } });
    expect(events.filter(({ type }) => type === "error")).toHaveLength(1);
  });

  it("an interrupt while stdin is read ends the run before anything is sent", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const running = space.start(["chat", "-p", "a", "--json"], { stdin: "open" });
    await running.until("stderr", /waiting for stdin/);
    running.child.kill("SIGINT");
    const run = await running.ended;
    expect(run.code).toBe(130);
    expect(JSON.parse(run.stdout)).toMatchObject({ answer: null, attempts: [], error: { name: "Aborted" } });
    expect(a.chats).toHaveLength(0);
  });
});

describe("standard output", () => {
  it("T5, S12 a reader that goes away ends the run quietly and cancels the upstream", async () => {
    const a = await backend({ steps: ["endless-stream"] });
    const space = await failoverWorkspace({ a });
    const run = await space.shell("{ nexus chat -p a x; echo rc=$? >&2; } | head -c 100");
    expect(run.stdout.length).toBe(100);
    expect(run.stderr).toBe("rc=0\n");
    await a.aborted();
  });

  it("S14 a full device is said on stderr, exit 1", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const run = await space.shell("nexus chat -p a x > /dev/full");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      "nexus: cannot write to standard output: no space left on the device (ENOSPC)",
    );
    const json = await space.shell("nexus chat -p a x --json > /dev/full");
    expect(json.code).toBe(1);
    expect(json.stderr).toContain("cannot write to standard output");
  });

  it("S14 a file that reaches its limit is said on stderr, exit 1", async () => {
    const a = await backend({ answer: "x".repeat(100_000) });
    const space = await failoverWorkspace({ a });
    const run = await space.shell("ulimit -f 64; nexus chat -p a x > answer.txt");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("cannot write to standard output");
  });

  it("S14 closed stdout does not throw", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const run = await space.shell("nexus chat -p a x >&-");
    expect(run.code).toBe(0);
  });

  it("T6 a slow pipe gets a 1 MiB answer whole", async () => {
    const answer = "0123456789abcde\n".repeat(65_536);
    const a = await backend({ answer });
    const space = await failoverWorkspace({ a });
    await space.write("answer", answer);
    await space.shell("mkfifo go");
    const running = space.startShell("nexus chat -q -p a x | { read -r _ <go; cat; } | cksum");
    await a.nextRequest();
    await writeFile(join(space.dir, "go"), "\n");
    const run = await running.ended;
    const whole = await space.shell("cksum < answer");
    expect(run.stdout).toBe(whole.stdout);
  });

  it("a 10 MB answer comes through", async () => {
    const answer = "0123456789abcde\n".repeat(655_360);
    const a = await backend({ answer });
    const space = await failoverWorkspace({ a });
    for (const flags of [[], ["--no-stream"]]) {
      const run = await space.nexus(["chat", "-q", "-p", "a", ...flags, "x"]);
      expect(run.code).toBe(0);
      expect(run.stdout === answer).toBe(true);
    }
  });

  it("T3, T7, S18 a pipe gets the answer byte for byte, and no colour of ours", async () => {
    const a = await backend({ answer: "\u001b[31mred\u001b[0m\r\n\u0007end" });
    const space = await failoverWorkspace({ a });
    const run = await space.nexus(["chat", "-p", "a", "x"], { env: { TERM: "xterm-256color" } });
    expect(run.stdout).toBe("\u001b[31mred\u001b[0m\r\n\u0007end\n");
    expect(run.stderr).not.toContain("\u001b");
  });

  it("T4 FORCE_COLOR colours the lines on stderr, NO_COLOR and --color=never win over it", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const args = ["chat", "-p", "a", "x"];
    const forced = await space.nexus(args, { env: { FORCE_COLOR: "1" } });
    expect(forced.stderr).toContain("\u001b[");
    expect(forced.stdout).not.toContain("\u001b");
    const never = await space.nexus([...args, "--color=never"], { env: { FORCE_COLOR: "1" } });
    expect(never.stderr).not.toContain("\u001b");
    const none = await space.nexus(args, { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    expect(none.stderr).not.toContain("\u001b");
  });

  it("S19 control sequences in an error of a backend reach no stream", async () => {
    const a = await backend({
      steps: [{ fault: "503", message: "\u001b]52;c;aGk=\u0007gone\nnexus: forged" }],
    });
    const space = await failoverWorkspace({ a });
    const run = await space.nexus(["chat", "-p", "a", "--debug", "x"]);
    expect(run.stderr).not.toMatch(/[^\P{Cc}\n]/u);
    expect(run.stderr).not.toMatch(/^nexus: forged/m);
  });
});
