import { formatDuration } from "../../core/duration.ts";
import type { RunEvent } from "../../core/outcome.ts";
import type { CommandContext } from "../app.ts";
import { note, warn } from "../output/print.ts";
import { startSpinner } from "../output/spinner.ts";
import { debugTeller } from "./debug-lines.ts";

/** Tells on standard error what happens before and beside the answer. */
export interface Narrator {
  tell(event: RunEvent): void;
  /** Takes the spinner off the screen for good. */
  stop(): void;
}

/** A narrator: warnings, waits, a spinner on a terminal, and with `debug` every attempt. */
export function narrator(context: CommandContext, options: { readonly debug: boolean }): Narrator {
  const debugLine = options.debug ? debugTeller() : () => undefined;
  const spinner = startSpinner(context);
  const say = (speak: (context: CommandContext, text: string) => void, text: string): void => {
    spinner.clear();
    speak(context, text);
  };
  return {
    tell(event) {
      const line = debugLine(event);
      if (line !== undefined) say(note, line);
      if (event.type === "attempt-start") spinner.say(`waiting for ${event.member} (${event.model})`);
      else if (event.type === "warning") say(warn, event.message);
      else if (event.type === "waiting" && event.why === "rate-limit" && line === undefined) {
        say(note, `${event.member} is rate limited: waiting ${formatDuration(event.ms)}`);
      }
    },
    stop: spinner.stop,
  };
}
