import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { NO_SCREEN, openScreen } from "./support/screen.ts";
import { NO_TERMINAL, onTerminal } from "./support/terminal.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

it("profile show --tree draws whom a profile leads to", async () => {
  const space = await failoverWorkspace({
    a: { url: "http://127.0.0.1:9" },
    b: { url: "http://127.0.0.1:9" },
  });
  const { stdout } = await space.nexus(["profile", "show", "lb", "--tree"]);
  expect(stdout).toBe("lb  failover\n├─ a  m-a @ a\n└─ b  m-b @ b\n");
});

describe("nexus status --watch", () => {
  it.skipIf(NO_SCREEN !== undefined)(
    "takes the place of what stood there, and ends with 0 by Ctrl-C",
    async () => {
      const a = await backend({ steps: ["503"] });
      const space = await failoverWorkspace({ a });
      const screen = await openScreen(space, "nexus status --watch");
      await screen.until(/m-a@a +closed +0/);
      await space.nexus(["chat", "-p", "a", "q"]);
      await screen.until(/m-a@a +closed +1/);
      expect(screen.text().match(/m-a@a/g)).toHaveLength(1);
      screen.press("C-c");
      expect(await screen.ended()).toBe(0);
    },
  );

  it("repeats itself plainly in a pipe, and ends with 0", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const running = space.start(["status", "--watch"]);
    await running.until("stdout", /m-a@a[\s\S]*\n\nm-a@a/);
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain("\u001b");
  });
});

describe.skipIf(NO_SCREEN !== undefined)("nexus stats on a terminal", () => {
  it.each([
    ["blocks", { LANG: "C.UTF-8" }, /^a +█+░+ {2}2 of 3 answered \(66 %\)$/m],
    ["ASCII where the locale knows no more", { LANG: "C" }, /^a +#+\.+ {2}2 of 3 answered \(66 %\)$/m],
    ["no colour", { LANG: "C.UTF-8", NO_COLOR: "1" }, /^a +█+░+ {2}2 of 3 answered \(66 %\)$/m],
  ])("draws bars: %s", async (_name, env, seen) => {
    const space = await failoverWorkspace({
      a: await backend({ steps: ["ok", "503", "ok"] }),
      b: await backend(),
    });
    for (let time = 0; time < 3; time += 1) await space.nexus(["chat", "-p", "lb", "q"]);
    const screen = await openScreen(space, "nexus stats | cat >plain; nexus stats", { env });
    await screen.until(/3 requests: 3 answered, 0 failed/);
    expect(screen.text()).toMatch(seen);
    expect(screen.text()).toMatch(/lb turned last to a \(m-a @ a\)/);
    const { stdout } = await space.shell("cat plain");
    expect(stdout).toMatch(/^a +2 of 3 answered \(66 %\) +1 failed/m);
  });

  it("draws nothing where nothing was", async () => {
    const screen = await openScreen(await workspace(), "nexus stats");
    await screen.ended();
    expect(screen.text()).toBe("0 requests: 0 answered, 0 failed");
  });

  it.skipIf(NO_TERMINAL !== undefined).each([60, 80])("is no wider than %i columns", async (columns) => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    await space.nexus(["chat", "-p", "lb", "q"]);
    const line = `stty cols ${columns}; nexus stats`;
    const { screen } = await onTerminal(space, line, { env: { NO_COLOR: "1" } });
    const widths = screen.split("\r\n").map((one) => one.length);
    expect(widths.length).toBeGreaterThan(4);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });
});
