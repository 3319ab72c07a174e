import { redact } from "../../core/text.ts";
import type { Engine } from "../../engine/engine.ts";
import { knownSecrets } from "../../secrets/secret.ts";
import { debugTeller } from "../chat/debug-lines.ts";

/** The engine, with each attempt of its runs told as it happens. No line holds a key that this process has loaded. */
export function debugged(engine: Engine, say: (line: string, requestId: string) => void): Engine {
  return {
    foresee: engine.foresee,
    run(input, signal, tell) {
      const lineOf = debugTeller();
      return engine.run(input, signal, (event) => {
        const line = lineOf(event);
        if (line !== undefined) say(redact(line, knownSecrets()), input.requestId);
        return tell(event);
      });
    },
  };
}
