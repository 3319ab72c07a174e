import { createServer, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import type { RunOptions } from "./program.ts";
import type { Workspace } from "./workspace.ts";

/** Settings of a breaker that is half-open as soon as it is open. */
export const AT_ONCE = { circuit_breaker_recovery_timeout_ms: 0 };

/** Asks something through a profile, and returns the chain log as one line. */
export async function chainOf(space: Workspace, profile: string, options: RunOptions = {}): Promise<string> {
  const { stdout } = await space.nexus(["chat", "-p", profile, "--json", "hi"], options);
  return JSON.parse(stdout).chain_log.join(" -> ");
}

/** The row of a member as `nexus status` has it for a profile. */
export async function standing(space: Workspace, profile: string, member = "a") {
  const { stdout } = await space.nexus(["status", "--profile", profile, "--json"]);
  return JSON.parse(stdout).breakers.find((row: { member: string }) => row.member === member);
}

/** Another profile over the members a and b. */
export function another(space: Workspace, name: string, settings: object): Promise<void> {
  return space.profile(name, {
    version: 1,
    type: "loadbalancer",
    policy: "failover",
    profiles: ["a", "b"],
    settings,
  });
}

/** A backend that fails three times, and then keeps every request waiting until it is told to answer, well or not. */
export async function holding(): Promise<{
  url: string;
  requests(): number;
  asked: Promise<void>;
  answer(status?: 200 | 503): void;
}> {
  let requests = 0;
  const held: ServerResponse[] = [];
  let tell = () => {};
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      requests += 1;
      if (requests <= 3) {
        response.writeHead(503).end("{}");
        return;
      }
      held.push(response);
      tell();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    asked,
    answer(status = 200) {
      const message = { role: "assistant", content: "back" };
      for (const response of held) {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ id: "1", choices: [{ index: 0, message, finish_reason: "stop" }] }));
      }
    },
  };
}
