import type { DialectName } from "../../../src/core/backend.ts";
import type { Mock } from "../../../src/mock/mock.ts";
import { backend } from "./backends.ts";
import { type RunningServer, serve } from "./server.ts";
import { type Workspace, workspace } from "./workspace.ts";

/** A backend that has a fault. */
export interface FaultyBackend {
  /** Of the backend and its profile; `lb-…` is the load balancer that has the good one behind it. */
  readonly name: string;
  readonly dialect: DialectName;
  readonly fault: string;
  /** Its entry in the configuration, but for its address. */
  readonly record: object;
}

/** A server over faulty backends, each with the same good one behind it. */
export interface FailingFirst {
  readonly space: Workspace;
  readonly server: RunningServer;
  readonly good: Mock;
  /** By name. */
  readonly faulty: ReadonlyMap<string, Mock>;
  end(): Promise<void>;
}

/** Starts all of them. The variable `K` holds a key. */
export async function failingFirst(cases: readonly FaultyBackend[]): Promise<FailingFirst> {
  const finish: (() => Promise<void>)[] = [];
  const finished = (work: () => Promise<void>) => void finish.push(work);
  const space = await workspace(finished);
  const good = await backend({ answer: "Fine." }, finished);
  const backends: Record<string, object> = { good: { type: "generic", url: good.url } };
  await space.profile("good", { version: 1, type: "model", backend: "good", model: "m-good" });
  const faulty = new Map<string, Mock>();
  for (const { name, dialect, fault, record } of cases) {
    const mock = await backend({ dialect, steps: [fault], answer: "One two three four." }, finished);
    faulty.set(name, mock);
    backends[name] = { ...record, url: mock.url };
    await space.profile(name, { version: 1, type: "model", backend: name, model: `m-${name}` });
    const profiles = [name, "good"];
    await space.profile(`lb-${name}`, { version: 1, type: "loadbalancer", policy: "failover", profiles });
  }
  await space.config({ backends, health: { enabled: false } });
  const server = await serve(space, [], { env: { K: "sk-made-up" } }, finished);
  const end = async () => {
    for (const work of finish.toReversed()) await work();
  };
  return { space, server, good, faulty, end };
}
