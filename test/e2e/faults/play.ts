import { chmod, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Mock, startMock } from "../../../src/mock/mock.ts";
import type { Ended } from "../support/program.ts";
import { type Finished, failoverWorkspace, type Workspace, workspace } from "../support/workspace.ts";
import { CANARIES, filesBelow, findCanaries } from "./canary.ts";
import { isSpecial, type Peer, type Row, type Runs, type Seen } from "./row.ts";

/** What the good member says. */
export const GOOD = "Fine.";

/** What was seen of a row, and where a key stood that had no business there. */
export interface Played extends Runs {
  /** Requests that reached the good member. */
  readonly goodReached: number;
  readonly leaks: readonly string[];
  /** Names of the files that were searched for it. */
  readonly searched: readonly string[];
}

/**
 * Plays a row through the program: over a failover profile of the faulty member and a good one and, where the fault
 * strikes before any content, over the faulty member alone. Each run has a state directory of its own. `secrets`: what
 * `storeKey` made.
 */
export async function play(row: Row, secrets: string, finished: Finished): Promise<Played> {
  const peer = await openPeer(row);
  finished(() => peer.close());
  const good = await startMock({ answer: GOOD, apiKey: CANARIES.stored });
  finished(() => good.close());
  const space = await layOut(row, peer, good, secrets, finished);
  const paired = await run("lb", "state-paired");
  const goodReached = good.chats.length;
  const alone = row.ends.phase === "pre" ? await run("faulty", "state-alone") : undefined;
  const files = (await filesBelow(space.dir)).filter(({ name }) => !name.endsWith("secrets.json"));
  const leaks = findCanaries([
    ...[paired, ...(alone === undefined ? [] : [alone])].flatMap(({ stdout, stderr }) => [
      { name: "stdout", bytes: Buffer.from(stdout) },
      { name: "stderr", bytes: Buffer.from(stderr) },
    ]),
    ...files,
  ]);
  const searched = files.map(({ name }) => basename(name));
  return { paired, ...(alone !== undefined && { alone }), goodReached, leaks, searched };

  async function run(profile: string, state: string): Promise<Seen> {
    const before = peer.reached();
    const { promptMb, args = [] } = row;
    const prompt = promptMb === undefined ? ["Hello?"] : [];
    const ended = await space.nexus(["chat", "-p", profile, "--debug", ...args, ...prompt], {
      env: {
        FAULTY_KEY: CANARIES.env,
        NEXUS_KEYRING: "file",
        NEXUS_STATE_DIR: join(space.dir, state),
        ...peer.env,
      },
      ...(promptMb !== undefined && { stdin: "x".repeat(promptMb * 1_000_000) }),
    });
    return { ...ended, chain: chainOf(ended), reached: peer.reached() - before };
  }
}

const PLACEHOLDER = "http://127.0.0.1:1";

/** Lets `nexus key set` store the good member's key and returns the file it made, in which the address is still to come. */
export async function storeKey(finished: Finished): Promise<string> {
  const space = await workspace(finished);
  await space.config({ backends: { good: { type: "generic", url: PLACEHOLDER } } });
  const env = { NEXUS_KEYRING: "file" };
  const { code, stderr } = await space.nexus(["key", "set", "good"], { env, stdin: CANARIES.stored });
  if (code !== 0) throw new Error(stderr);
  return await readFile(join(space.configDir, "secrets.json"), "utf8");
}

async function layOut(
  row: Row,
  peer: Peer,
  good: Mock,
  secrets: string,
  finished: Finished,
): Promise<Workspace> {
  const { timeouts = {}, stream, settings } = row;
  const space = await failoverWorkspace(
    {
      faulty: { url: peer.url, record: { api_key_env: "FAULTY_KEY", timeouts } },
      good: { url: good.url, record: { api_key_ref: "good" } },
    },
    settings,
    finished,
  );
  if (stream === false) {
    const params = { stream };
    await space.profile("faulty", {
      version: 1,
      type: "model",
      backend: "faulty",
      model: "m-faulty",
      params,
    });
  }
  const file = await space.write("config/secrets.json", secrets.replaceAll(PLACEHOLDER, good.url));
  await chmod(file, 0o600);
  return space;
}

async function openPeer({ peer, answer = "Hello there." }: Row): Promise<Peer> {
  if (isSpecial(peer)) return peer.open();
  const steps = typeof peer === "string" ? [peer] : peer;
  const mock = await startMock({ steps, answer, apiKey: CANARIES.env });
  // A connection that breaks at once never becomes a request.
  const reached = () => Math.max(mock.chats.length, mock.chats.length === 0 ? mock.connections : 0);
  return { url: mock.url, reached, close: () => mock.close() };
}

function chainOf({ stderr }: Ended): string {
  return /^nexus: chain: (.*)$/m.exec(stderr)?.[1] ?? "no chain log";
}
