import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backend } from "../e2e/support/backends.ts";
import { NO_SCREEN, openScreen, type Screen } from "../e2e/support/screen.ts";
import { failoverWorkspace, type Workspace } from "../e2e/support/workspace.ts";
import { fillPage, projectFile } from "../support/generated.ts";

const PAGE = "docs/screens.md";
const ANSWER = `Because of **Rayleigh scattering**:

1. Sunlight holds every colour.
2. Air scatters *short* waves more: about \`1/λ⁴\`.

So blue comes from everywhere, and red from the sun alone.
`;

describe.skipIf(NO_SCREEN !== undefined)("screens of 80 columns and 24 rows", () => {
  it("stand in docs/screens.md as they look (after a change: npm run docs)", {
    timeout: 120_000,
  }, async () => {
    const page = readFileSync(projectFile(PAGE), "utf8");
    const sections = {
      conversation: await conversation(),
      questions: await questions(),
      pictures: await pictures(),
    };
    const blocks = Object.entries(sections).map(([name, screen]): [string, string] => {
      const seen = `\`\`\`text\n${screen}\n\`\`\``;
      const [, former = ""] =
        new RegExp(`<!-- generated: ${name} -->\n\n([\\s\\S]*?)\n\n<!-- end -->`).exec(page) ?? [];
      return [name, constant(seen) === constant(former) ? former : seen];
    });
    await expect(fillPage(PAGE, Object.fromEntries(blocks))).toMatchFileSnapshot(projectFile(PAGE));
  });
});

/** What stays the same from run to run. Where a line ends depends on times, and a number may stand on two lines. */
function constant(screen: string): string {
  return screen
    .replaceAll(/[\s·]/g, "")
    .replaceAll(/req_[0-9a-f]+/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\d\d\d:\d\d/g, "WHEN")
    .replaceAll(/\d+(?:\.\d+)?(?:ms|min|s)/g, "TIME");
}

/** Two members, the first of them overloaded once. */
async function space(answer: string): Promise<Workspace> {
  const made = await failoverWorkspace({
    fast: { url: (await backend({ steps: ["503", "ok"], answer })).url, model: "gpt-4o-mini" },
    local: { url: (await backend({ answer })).url, model: "llama3.2" },
  });
  await made.nexus(["profile", "rename", "lb", "failover-lb"]);
  return made;
}

async function conversation(): Promise<string> {
  const screen = await open(await space(ANSWER), "nexus chat -p failover-lb");
  await screen.until(/^>$/m);
  screen.type("Why is the sky blue?");
  screen.press("Enter");
  await screen.until(/first token[\s\S]*^>$/m);
  screen.type("/undo");
  screen.press("Enter");
  await screen.until(/0 are left\n>/);
  const seen = screen.text();
  screen.press("C-d");
  await screen.ended();
  return seen;
}

async function questions(): Promise<string> {
  const screen = await open(await space("OK"), "nexus profile save loadbalancer");
  await screen.until(/Name of the profile:/);
  screen.type("mine");
  for (const next of [/Policy:/, /Member 1:/]) {
    screen.press("Enter");
    await screen.until(next);
  }
  // The first that is offered is the load balancer.
  for (const next of [/Member 2:/, /Member 3:/]) {
    screen.press("Down", "Enter");
    await screen.until(next);
  }
  for (const next of [/Change a setting\?/, /Try it/]) {
    screen.press("Enter");
    await screen.until(next);
  }
  screen.press("Enter");
  await screen.ended();
  return screen.text();
}

async function pictures(): Promise<string> {
  const made = await space("OK");
  for (let time = 0; time < 3; time += 1) await made.nexus(["chat", "-p", "failover-lb", "q"]);
  const screen = await open(made, "nexus stats; echo; nexus profile show failover-lb --tree");
  await screen.ended();
  return screen.text();
}

async function open(made: Workspace, line: string): Promise<Screen> {
  const screen = await openScreen(made, line);
  return { ...screen, text: () => screen.text().replaceAll(made.configDir, "~/.config/nexus") };
}
