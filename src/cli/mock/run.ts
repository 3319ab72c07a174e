import { formatDuration } from "../../core/duration.ts";
import { type Mock, type MockOptions, startMock } from "../../mock/mock.ts";
import type { RecordedRequest } from "../../mock/recorder.ts";
import type { CommandContext } from "../app.ts";
import type { MockFlags } from "../commands/mock.ts";
import { hearEndSignals } from "../end-signals.ts";
import { cannotListen } from "../listening.ts";
import { note, print } from "../output/print.ts";
import { readFlags } from "./flags.ts";

/** Runs a scripted backend until a signal ends it. */
export async function runMock(context: CommandContext, flags: MockFlags): Promise<number> {
  const { app } = context;
  const options = await readFlags(flags, app.cwd);
  const mock = await listen({
    ...options,
    clock: app.clock,
    onEnd: (request) => note(context, line(request)),
  });
  const ended = signal(context);
  await print(app, flags.json ? `${JSON.stringify({ url: mock.url, port: mock.port })}\n` : `${mock.url}\n`);
  if (app.stderr.isTTY) note(context, `ready: nexus backend add ${mock.url}   (Ctrl-C ends it)`);
  await ended;
  await mock.close();
  return 0;
}

async function listen(options: MockOptions): Promise<Mock> {
  try {
    return await startMock(options);
  } catch (error) {
    const { host = "127.0.0.1", port = 0 } = options;
    throw cannotListen(error, { host, port }, "without --port any free port is taken");
  }
}

function signal({ app }: CommandContext): Promise<void> {
  return new Promise((resolve) => {
    const forget = hearEndSignals(app, () => {
      forget();
      resolve();
    });
  });
}

/** One request in one line: what was asked, what it got. */
function line(request: RecordedRequest): string {
  const { method, path, step, status, aborted, atMs, endedAtMs = atMs } = request;
  const got = status === undefined || step === String(status) ? step : `${step} (${status})`;
  const end = aborted ? `${got}, client went away` : got;
  return `${method} ${path} -> ${end} · ${formatDuration(endedAtMs - atMs)}`;
}
