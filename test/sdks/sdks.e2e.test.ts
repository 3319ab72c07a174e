import { LLMock } from "@copilotkit/aimock";
import { beforeAll, describe, expect, it } from "vitest";
import type { DialectName } from "../../src/core/backend.ts";
import { type RunningServer, serve } from "../e2e/support/server.ts";
import { workspace } from "../e2e/support/workspace.ts";
import { BACKENDS } from "../matrix/backends.ts";
import { markdownTable, projectFile } from "../support/generated.ts";
import { CLIENTS, rowOf, type SdkClient } from "./clients.ts";
import { mended } from "./mended.ts";
import { NOT_SERVED, type NotServed } from "./not-served.ts";
import { type Checked, runClient } from "./run-client.ts";

/** What became of each check, by `row/dialect`. */
const results = new Map<string, (Checked & { readonly reason?: NotServed })[]>();

let server: RunningServer;

/** The profiles through which a backend is asked; what the one is refused for a while, the other is not. */
const profileOf = (dialect: DialectName) => ({ main: dialect, limited: `${dialect}-limited` });

beforeAll(async () => {
  const finish: (() => Promise<void>)[] = [];
  const finished = (work: () => Promise<void>) => void finish.push(work);
  const aimock = new LLMock({ port: 0, host: "127.0.0.1" });
  aimock.loadFixtureFile(projectFile("test/clients/aimock.json"));
  await aimock.start();
  finished(() => aimock.stop());
  const space = await workspace(finished);
  const backends = await Promise.all(
    BACKENDS.map(async ({ dialect, record }) => {
      const url = await mended(aimock.url, dialect, finished);
      const models = Object.values(profileOf(dialect));
      return [dialect, { ...record, url, api_key_env: "SDKS_KEY", models }] as const;
    }),
  );
  await space.config({
    backends: Object.fromEntries(backends),
    health: { enabled: false },
    // How busy the machine of the tests is, is not the question here.
    server: { max_loop_delay_ms: 0 },
  });
  // Each status stops the chain, so that a client is told of it; and no check may be passed over for what another did.
  const settings = { failover_status_codes: [599], circuit_breaker_enabled: false };
  for (const { dialect: backend } of BACKENDS) {
    for (const name of Object.values(profileOf(backend))) {
      const member = `${name}-model`;
      await space.profile(member, { version: 1, type: "model", backend, model: name, params: {} });
      const balancer = {
        version: 1,
        type: "loadbalancer",
        policy: "roundrobin",
        profiles: [member],
        settings,
      };
      await space.profile(name, balancer);
    }
  }
  server = await serve(space, [], { env: { SDKS_KEY: "sk-of-the-sdks" } }, finished);
  return async () => {
    for (const work of finish.toReversed()) await work();
  };
});

const PAIRS = CLIENTS.flatMap((client) =>
  BACKENDS.map(({ dialect }) => ({ client, dialect, name: client.name })),
);

describe("clients that others wrote, unmodified, through nexus serve", () => {
  it.concurrent.each(PAIRS)("$name over $dialect", { timeout: 120_000 }, async ({ client, dialect }) => {
    const { main, limited } = profileOf(dialect);
    const runs = [
      await runClient(client, server.url, main, { skip: "429" }),
      await runClient(client, server.url, limited, { only: "429" }),
    ];
    const unexpected = runs.flat().flatMap((checked) => book(client, dialect, checked));
    expect(unexpected).toEqual([]);
  });
});

/** Books what became of a check, and says what nobody expected of it. */
function book(client: SdkClient, dialect: DialectName, checked: Checked): readonly string[] {
  const { name, failed } = checked;
  const known = NOT_SERVED.filter(
    ({ clients, checks, over }) =>
      checks.test(name) &&
      (clients === undefined || clients.includes(client.name)) &&
      (over === undefined || over.includes(dialect)),
  );
  const reason = known.find(({ says }) => failed !== undefined && says.test(failed));
  const key = `${rowOf(client, name)}/${dialect}`;
  results.set(key, [...(results.get(key) ?? []), { ...checked, ...(reason !== undefined && { reason }) }]);
  if (failed !== undefined && reason === undefined) return [`not ok ${name}: ${failed}`];
  if (failed === undefined && known.length > 0) return [`ok ${name}, but it is said not to be served`];
  return [];
}

it("has no reason that nothing needs", () => {
  const needed = new Set([...results.values()].flat().map(({ reason }) => reason));
  expect(NOT_SERVED.filter((one) => !needed.has(one))).toEqual([]);
});

it("is told in docs/sdks.md", async () => {
  const dialects = BACKENDS.map(({ dialect }) => dialect);
  const rows = CLIENTS.flatMap(({ rows }) => Object.keys(rows));
  const cells = rows.map((row) => [
    row,
    ...dialects.map((dialect) => cellOf(results.get(`${row}/${dialect}`))),
  ]);
  const reasons = NOT_SERVED.map(({ reason }, at) => `${at + 1}. ${reason}`);
  const page = [HEAD, markdownTable(["client", ...dialects], cells), WHY, reasons.join("\n")].join("\n");
  await expect(`${page}\n`).toMatchFileSnapshot(projectFile("docs/sdks.md"));
});

function cellOf(checks: readonly (Checked & { readonly reason?: NotServed })[] = []): string {
  const failed = checks.filter((check) => check.failed !== undefined);
  const passed = `${checks.length - failed.length} passed`;
  if (failed.length === 0) return passed;
  const notes = NOT_SERVED.flatMap((one, at) =>
    failed.some(({ reason }) => reason === one) ? [at + 1] : [],
  );
  return `${passed}, ${failed.length} not served (${notes.join(", ")})`;
}

const HEAD = `# Clients and backends

Written by the test run (\`test/sdks/\`), through the built program: the official clients, unmodified, ask \`nexus serve\` over a
backend of each dialect. The scripts are in \`test/clients/\`: text, streams, tools, parallel tools, JSON schemas, images, reasoning,
usage, typed errors, aborts, cut streams, lists of models. The backend is a mock server that nobody here wrote
(\`@copilotkit/aimock\`), which speaks all five dialects; two words of its that the real services do not use are put right on the
way (\`test/sdks/mended.ts\`).
`;

const WHY = `
A failure that has no reason here fails the test run; so does a reason that no longer holds:
`;
