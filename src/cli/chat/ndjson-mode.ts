import type { CommandContext } from "../app.ts";
import { attemptJson, summaryJson } from "../output/run-json.ts";
import { narrator } from "./narrator.ts";
import type { AnswerOut, Presenter, PresenterOptions } from "./presenter.ts";
import { toolCallCollector } from "./tool-calls.ts";

/** What the `start` event says. */
export interface Started {
  readonly requestId: string;
  readonly target: { readonly kind: "profile" | "model"; readonly name: string };
}

/** One JSON event a line as it happens; the last one is `done` or `error`. */
export function ndjsonMode(
  context: CommandContext,
  out: AnswerOut,
  { requestId, target }: Started,
  options: PresenterOptions,
): Presenter {
  const narrate = narrator(context, options);
  const toolCalls = toolCallCollector();
  const emit = (event: object): Promise<void> => out.write(`${JSON.stringify(event)}\n`);
  let started = false;
  // Not before the first event: a target that does not exist never was a run, and its error has no request id.
  const start = async (): Promise<void> => {
    if (started) return;
    started = true;
    await emit({
      type: "start",
      request_id: requestId,
      profile: target.kind === "profile" ? target.name : null,
      model: target.kind === "model" ? target.name : null,
    });
  };
  return {
    async show(event) {
      narrate.tell(event);
      await start();
      if (event.type === "attempt-end") await emit({ type: "attempt", ...attemptJson(event.attempt) });
      else if (event.type === "chat") {
        narrate.stop();
        const { event: said } = event;
        if (said.type === "text-delta" || said.type === "refusal-delta") {
          await emit({ type: "delta", text: said.text });
        } else toolCalls.add(said);
      } else if (event.type === "outcome") {
        narrate.stop();
        const { outcome } = event;
        const calls = toolCalls.calls();
        const type = outcome.error === undefined ? "done" : "error";
        await emit({ type, ...summaryJson(outcome), ...(calls.length === 0 ? {} : { tool_calls: calls }) });
        await options.tellOutcome(outcome);
      }
    },
    close: narrate.stop,
  };
}
