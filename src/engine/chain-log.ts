import type { Failure } from "../core/failure.ts";
import { oneLine } from "../core/text.ts";

/** Entry of a run that had nobody to ask. */
export const EMPTY_CHAIN = "No models in chain";

/** Text of a failed attempt's chain-log entry, without the name. */
export function chainText(failure: Failure): string {
  switch (failure.class) {
    case "auth":
      return "auth failed";
    case "quota":
    case "rate_limited":
      return "rate limited";
    case "timeout":
      return "timeout";
    case "aborted":
      return "aborted";
    default:
      return `failed (${causeText(failure)})`;
  }
}

/** A failure in a few words, one line: the status where there is one, and what the backend said. */
function causeText(failure: Failure): string {
  switch (failure.class) {
    case "network":
      return oneLine(failure.code ?? failure.message);
    case "model_missing":
      return "model not found";
    case "refused":
      return "content policy";
    case "context":
      return oneLine(`context length: ${failure.message}`);
    default:
      return oneLine(withStatus(failure));
  }
}

function withStatus({ status, message }: Failure): string {
  if (status === undefined || message.startsWith(String(status))) return message;
  return `${status} ${message}`;
}
