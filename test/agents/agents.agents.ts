import path from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, serve } from "../e2e/support/server.ts";
import { type Workspace, workspace } from "../e2e/support/workspace.ts";
import { BACKENDS } from "../matrix/backends.ts";
import { markdownTable, projectFile } from "../support/generated.ts";
import { AGENTS, type Agent } from "./agents.ts";
import { install } from "./install.ts";
import { runAgent } from "./run-agent.ts";

/** A prompt without tools, and one that is answered with a call of the agent's own tool, which reads a file. */
const TASKS = [
  { task: "a prompt", prompt: "PING-TEXT", says: "pong from the mock: héllo 世界 😀" },
  {
    task: "a tool loop",
    prompt: "PING-READ What does README.md say?",
    says: "read pong: the file says hello",
  },
] as const;

/** What went through, by `agent/dialect/task`. */
const passed = new Set<string>();

const finish: (() => Promise<void>)[] = [];
const finished = (work: () => Promise<void>) => void finish.push(work);
let bin: string;
let space: Workspace;
let server: RunningServer;

beforeAll(async () => {
  bin = await install(AGENTS, finished);
  const aimock = new LLMock({ port: 0, host: "127.0.0.1" });
  aimock.loadFixtureFile(projectFile("test/clients/aimock.json"));
  await aimock.start();
  finished(() => aimock.stop());
  space = await workspace(finished);
  const live = BACKENDS.map(({ dialect, record }) => [
    dialect,
    { ...record, url: aimock.url, api_key_env: "KEY" },
  ]);
  const dead = { type: "generic", url: "http://127.0.0.1:1" };
  // Nobody looks whether the dead one lives: each run asks it first.
  await space.config({
    backends: { dead, ...Object.fromEntries(live) },
    health: { enabled: false },
    server: { max_loop_delay_ms: 0 },
  });
  const settings = { circuit_breaker_enabled: false };
  for (const backend of ["dead", ...BACKENDS.map(({ dialect }) => dialect)]) {
    await space.profile(backend, { version: 1, type: "model", backend, model: `m-${backend}`, params: {} });
    const profiles = ["dead", backend];
    if (backend === "dead") continue;
    await space.profile(`lb-${backend}`, {
      version: 1,
      type: "loadbalancer",
      policy: "failover",
      profiles,
      settings,
    });
  }
  server = await serve(space, [], { env: { KEY: "sk-of-the-agents" } }, finished);
});

afterAll(async () => {
  for (const work of finish.toReversed()) await work();
});

describe.each(AGENTS)("$name", (agent) => {
  describe.each(BACKENDS)("over $dialect, the first member dead", ({ dialect }) => {
    it.each(TASKS)("$task", async ({ task, prompt, says }) => {
      const before = server.log().length;
      const target = { url: server.url, model: `lb-${dialect}` };
      const dir = path.join(space.dir, `${agent.bin}-${dialect}-${task.replaceAll(" ", "-")}`);
      const run = await runAgent(agent, { bin, dir, target, prompt });
      expect(run.stdout, JSON.stringify(run)).toContain(says);
      expect(run.code).toBe(0);
      const chains = server
        .log()
        .slice(before)
        .flatMap(({ chain_log }) =>
          Array.isArray(chain_log) && chain_log.length > 0 ? [chain_log.join(" -> ")] : [],
        );
      expect(chains.length).toBeGreaterThan(0);
      expect(new Set(chains)).toEqual(new Set([`dead: failed (ECONNREFUSED) -> ${dialect}: success`]));
      passed.add(`${agent.name}/${dialect}/${task}`);
    });
  });
});

it("is told in docs/agents.md", async () => {
  await expect(pageOf(AGENTS)).toMatchFileSnapshot(projectFile("docs/agents.md"));
});

function pageOf(agents: readonly Agent[]): string {
  const dialects = BACKENDS.map(({ dialect }) => dialect);
  const cell = ({ name }: Agent, dialect: string) => {
    const done = TASKS.filter(({ task }) => passed.has(`${name}/${dialect}/${task}`));
    return done.length === 0 ? "failed" : done.map(({ task }) => task).join(", ");
  };
  const rows = agents.map((agent) => [agent.name, ...dialects.map((dialect) => cell(agent, dialect))]);
  return [HEAD, markdownTable(["agent", ...dialects], rows), "", ...agents.map(settingsOf)].join("\n");
}

const HEAD = `# Agents

Written by \`npm run test:agents\`, which installs these agents from the npm registry and gives each, without a terminal, a prompt, and
one that it can answer only by reading a file with a tool of its own. They ask \`nexus serve\` for a failover profile whose first
member is dead; the table says what went through to a backend of each dialect (\`@copilotkit/aimock\`, a mock server).
`;

function settingsOf(agent: Agent): string {
  const target = { url: "http://127.0.0.1:8642", model: "failover-lb" };
  const exports = (env: Readonly<Record<string, string>>) =>
    Object.entries(env).map(([name, value]) => `export ${name}=${value}`);
  const quiet = exports(agent.quiet);
  const anyway = agent.asksAnyway;
  const command = [agent.bin, ...agent.args(target, "What does README.md say?")].map(quoted).join(" ");
  const files = Object.entries(agent.files?.(target) ?? {}).flatMap(([name, content]) => [
    `\`~/${name}\`:`,
    "",
    `\`\`\`${path.extname(name).slice(1)}\n${content}\`\`\``,
    "",
  ]);
  return [
    `## ${agent.name}`,
    "",
    `\`${agent.package}\`, at the door \`${agent.door}\`.`,
    "",
    ...files,
    "```sh",
    ...exports(agent.env(target)),
    ...(quiet.length === 0 ? [] : ["# Only so that it asks nobody but nexus:"]),
    ...quiet,
    command,
    "```",
    ...(anyway === undefined
      ? []
      : ["", `All the same it asks \`${anyway.host}\` for ${anyway.what}; here it got no answer.`]),
    "",
  ].join("\n");
}

function quoted(word: string): string {
  return /^[\w/.:-]+$/.test(word) ? word : `'${word}'`;
}
