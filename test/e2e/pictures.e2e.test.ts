import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { NO_SCREEN, openScreen } from "./support/screen.ts";
import { failoverWorkspace } from "./support/workspace.ts";

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
