import { formatDuration } from "../../core/duration.ts";
import type { RunEvent } from "../../core/outcome.ts";
import { calm } from "../output/answer-line.ts";

/** Makes the lines of `--debug`, one an event that has something to tell. */
export function debugTeller(): (event: RunEvent) => string | undefined {
  let before: string | undefined;
  return (event) => {
    switch (event.type) {
      case "attempt-start": {
        const { member, model, backend, number } = event;
        const how =
          before === undefined ? "selected" : before === member ? "retry" : `failover from ${before}`;
        before = member;
        return `debug: attempt ${number}: ${member} (${model} @ ${backend}), ${how}`;
      }
      case "attempt-end": {
        const { attempt } = event;
        before ??= attempt.member;
        const took = attempt.skipped ? "" : ` after ${formatDuration(attempt.durationMs)}`;
        return `debug: ${calm(attempt.chain)}${took}`;
      }
      case "waiting":
        return `debug: waiting ${formatDuration(event.ms)} for ${event.member} (${event.why})`;
      default:
        return undefined;
    }
  };
}
