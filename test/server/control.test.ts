import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { askServer } from "../../src/control/ask.ts";
import { listenForCommands } from "../../src/server/control.ts";

test("a command hears when whoever asked has left", async () => {
  const directory = await mkdtemp(join(tmpdir(), "nexus-control-"));
  const socket = join(directory, "s");
  const leaving = new AbortController();
  let hear = () => {};
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const nothing = async () => null;
  const commands = {
    ...{ hello: nothing, status: nothing, drain: nothing, resume: nothing, reset: nothing, explain: nothing },
    test: (_: unknown, gone: AbortSignal) => {
      gone.addEventListener("abort", hear);
      leaving.abort();
      return heard;
    },
  };
  const listener = await listenForCommands(socket, commands, () => {});
  await expect(askServer(socket, { command: "test" }, leaving.signal)).rejects.toThrow("interrupted");
  await heard;
  await listener.close();
  await rm(directory, { recursive: true });
});
