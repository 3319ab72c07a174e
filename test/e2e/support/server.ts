import { onTestFinished } from "vitest";
import type { Running, RunOptions } from "./program.ts";
import type { Finished, Workspace } from "./workspace.ts";

/** `nexus serve` that runs on a free port, and ends with its test. */
export interface RunningServer extends Running {
  readonly url: string;
  /** Asks the chat door. */
  chat(body: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The lines of its log so far, parsed. */
  log(): readonly Record<string, unknown>[];
}

/** Starts the server of a workspace and waits until it listens. */
export async function serve(
  space: Workspace,
  flags: readonly string[] = [],
  options: RunOptions = {},
  finished: Finished = onTestFinished,
): Promise<RunningServer> {
  const running = space.start(["serve", "--port", "0", ...flags], options);
  finished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  await running.until("stdout", /^http:\S+\n/);
  const url = running.stdout().trim();
  return {
    ...running,
    url,
    chat: (body, headers = {}) =>
      fetch(`${url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body), headers }),
    log: () =>
      running
        .stderr()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

/** A chat request for a profile or model. */
export function asking(model: string, more: object = {}): object {
  return { model, messages: [{ role: "user", content: "Hello?" }], ...more };
}
