import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { NO_TERMINAL, onTerminal, terminalLine } from "./support/terminal.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const FRAMES = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/u;
const HIDDEN_CURSOR = "\u001b[?25l";
const SHOWN_CURSOR = "\u001b[?25h";

describe.skipIf(NO_TERMINAL !== undefined)("on a terminal", () => {
  it("T24 shows a spinner while it waits, gone before the first token", async () => {
    const a = await backend({ latencyMs: 900, answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const { code, screen } = await onTerminal(space, "nexus chat -p a q");
    expect(code).toBe(0);
    expect(screen).toMatch(FRAMES);
    expect(screen).toContain("waiting for a (m-a)");
    const [before = "", after = ""] = screen.split("Hi.");
    expect(after).not.toMatch(FRAMES);
    expect(after).not.toContain(HIDDEN_CURSOR);
    expect(before.lastIndexOf(SHOWN_CURSOR)).toBeGreaterThan(before.lastIndexOf(HIDDEN_CURSOR));
  });

  it.each([
    ["-q", "nexus chat -q -p a q", {}],
    ["stderr in a file", "nexus chat -p a q 2>log", {}],
    ["TERM=dumb", "nexus chat -p a q", { TERM: "dumb" }],
    ["no columns", "stty cols 0; nexus chat -p a q", {}],
  ])("T24, S18 shows none with %s", async (_name, line, env) => {
    const a = await backend({ latencyMs: 500, answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const { code, screen } = await onTerminal(space, line, { env });
    expect(code).toBe(0);
    expect(screen).toContain("Hi.\r\n");
    expect(screen).not.toMatch(FRAMES);
  });

  it("T14 Ctrl-C works under the spinner: 130, upstream cancelled, cursor back", async () => {
    const a = await backend({ steps: ["timeout"] });
    const space = await failoverWorkspace({ a });
    const running = space.startShell(terminalLine("nexus chat -p a q"), {
      stdin: "open",
      env: { TERM: "xterm-256color" },
    });
    await running.until("stdout", FRAMES);
    running.child.stdin?.write("\u0003");
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout.lastIndexOf(SHOWN_CURSOR)).toBeGreaterThan(stdout.lastIndexOf(HIDDEN_CURSOR));
    await a.aborted();
  });

  it("T7, S19 takes control sequences out of the answer, split over pieces of the stream", async () => {
    const a = await backend({ answer: "a\u001b]52;c;aGk=\u0007b \u001b[31mc\u001b[0m \u202ed\rend" });
    const space = await failoverWorkspace({ a });
    const { screen } = await onTerminal(space, "nexus chat -q -p a q");
    expect(screen).toBe("ab c dend\r\n");
  });

  it("T3 a file gets the answer without colour while stderr is a terminal", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const { screen } = await onTerminal(space, "nexus chat -p a q >answer; cat answer");
    expect(screen).toContain("\u001b[2mnexus: chain: a: success\u001b[22m\r\n");
    expect(screen.endsWith("Hi.\r\n")).toBe(true);
  });

  it("T4 NO_COLOR leaves none", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const { screen } = await onTerminal(space, "nexus chat -p a q", { env: { NO_COLOR: "1" } });
    expect(screen).toContain("nexus: chain: a: success\r\n");
    expect(screen).not.toContain("\u001b[2m");
  });

  it("T12, T23 no prompt is a usage error with an example where nothing may be asked", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const { code, screen } = await onTerminal(space, "nexus chat --no-input -p a");
    expect(code).toBe(2);
    expect(screen).toContain('for example: nexus chat "');
  });

  it("a prompt on a terminal is not waited for beside one on the command line", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const running = space.startShell(terminalLine("nexus chat -q -p a q"), { stdin: "open" });
    await running.until("stdout", /Hi\./);
    expect((await running.ended).code).toBe(0);
  });
});
