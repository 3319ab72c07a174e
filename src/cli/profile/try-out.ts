import type { JsonObject } from "../../core/json.ts";
import { oneLine } from "../../core/text.ts";
import type { CommandContext } from "../app.ts";
import { left } from "../asking/ask.ts";
import { tellOutcome } from "../chat/outcome-lines.ts";
import { requestIds } from "../chat/request-id.ts";
import { listenForInterrupts } from "../chat/signals.ts";
import { EXIT, exitCodeOfRun } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import { openWorld } from "../wiring.ts";

/** What is asked of a profile to find out whether it works. */
const QUESTION = "Reply with one word: OK";

/**
 * Asks one short question through a profile that need not be saved yet, and tells how that ended. Returns the exit code of
 * such a run. Ctrl-C is a `Problem`.
 */
export async function tryOut(context: CommandContext, name: string, document: JsonObject): Promise<number> {
  const world = await openWorld(context, { detect: true, draft: { name, document } });
  const interrupts = listenForInterrupts(context.app);
  let answer = "";
  try {
    const input = {
      requestId: requestIds(context.app.chance)(),
      door: "chat",
      target: { kind: "profile", name },
      request: {
        messages: [{ role: "user", parts: [{ type: "text", text: QUESTION }] }],
        tools: [],
        params: {},
      },
      rateLimitWaitMs: 0,
    } as const;
    const run = world.engine.run(input, interrupts.signal, (part) => {
      if (part.type === "chat" && part.event.type === "text-delta") answer += part.event.text;
      return undefined;
    });
    const outcome = await waiting(context, `asking ${name}: ${QUESTION}`, run);
    if (interrupts.exitCode() !== undefined) throw left();
    if (outcome.error === undefined) note(context, `it answers: ${oneLine(answer.trim(), 100)}`);
    await tellOutcome(context, outcome, (backend) => world.catalog.backend(backend));
    return outcome.error === undefined ? EXIT.ok : exitCodeOfRun(outcome.error);
  } finally {
    interrupts.release();
    await world.close();
  }
}
