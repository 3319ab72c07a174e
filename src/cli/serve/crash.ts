import { oneLine, redact } from "../../core/text.ts";
import { knownSecrets } from "../../secrets/secret.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { neutralise } from "../output/neutralise.ts";
import { writeErr } from "../output/write.ts";

/** Milliseconds that a server gets to end after an error that nobody caught. */
const LAST_MS = 2_000;

/** Word of errors that nobody caught. */
export interface Crash {
  /** Aborts with the first of them: nothing that this process knows can be trusted any more. */
  readonly signal: AbortSignal;
  /** Resolves with it. */
  readonly happened: Promise<void>;
  /** Stops listening. */
  forget(): void;
}

/** Tells the first of them in a line without secrets, and ends the process soon after when nothing else does. */
export function hearCrash({ app }: CommandContext): Crash {
  const crashed = new AbortController();
  const { signal } = crashed;
  let cancel = () => {};
  const release = app.onUncaught((error) => {
    if (signal.aborted) return;
    const shown = (text: string) => neutralise(redact(text, knownSecrets()));
    const what = oneLine(shown(error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
    const hint = "this is a bug in nexus; NEXUS_DEBUG=1 shows where";
    writeErr(app.stderr, `nexus: internal error, the server ends: ${what} (${hint})\n`);
    if (app.env["NEXUS_DEBUG"] === "1" && error instanceof Error) {
      writeErr(app.stderr, `${shown(error.stack ?? "")}\n`);
    }
    cancel = app.clock.after(LAST_MS, () => app.exitNow(EXIT.internal));
    crashed.abort();
  });
  return {
    signal,
    happened: new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }),
    forget() {
      cancel();
      release();
    },
  };
}
