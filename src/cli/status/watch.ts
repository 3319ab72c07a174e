import type { CommandContext } from "../app.ts";
import { hearEndSignals } from "../end-signals.ts";
import { EXIT } from "../exit-codes.ts";
import { print } from "../output/print.ts";

/** How long one look stands, in milliseconds. */
const EVERY_MS = 2_000;

/** The screen empty, and the cursor at its first place. */
const CLEAR = "\u001b[H\u001b[2J";

/**
 * Looks again and again until Ctrl-C, which is how it is meant to end: 0. On a terminal each look takes the place of the one
 * before; elsewhere they follow each other, an empty line between.
 */
export async function watched(
  { app }: Pick<CommandContext, "app">,
  look: () => Promise<number>,
): Promise<number> {
  let stopped = false;
  let wake = () => {};
  const release = hearEndSignals(app, () => {
    stopped = true;
    wake();
  });
  const redraws = app.stdout.isTTY && app.env["TERM"] !== "dumb";
  try {
    for (let first = true; !stopped; first = false) {
      if (redraws) await print(app, CLEAR);
      else if (!first) await print(app, "\n");
      const exit = await look();
      if (exit !== EXIT.ok) return exit;
      if (app.stdout.destroyed || stopped) break;
      await new Promise<void>((resolve) => {
        const cancel = app.clock.after(EVERY_MS, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
    return EXIT.ok;
  } finally {
    release();
  }
}
