import type { CommandContext } from "../app.ts";
import { narrator } from "./narrator.ts";
import type { AnswerOut, Presenter, PresenterOptions } from "./presenter.ts";
import { resultJson } from "./result.ts";
import { toolCallCollector } from "./tool-calls.ts";

/** One JSON object at the end, whatever the end is. */
export function jsonMode(context: CommandContext, out: AnswerOut, options: PresenterOptions): Presenter {
  const narrate = narrator(context, options);
  const toolCalls = toolCallCollector();
  const answer: string[] = [];
  return {
    async show(event) {
      narrate.tell(event);
      if (event.type === "chat") {
        const { event: said } = event;
        if (said.type === "text-delta" || said.type === "refusal-delta") answer.push(said.text);
        else toolCalls.add(said);
      } else if (event.type === "outcome") {
        narrate.stop();
        const result = resultJson(event.outcome, answer.join(""), toolCalls.calls());
        await out.write(`${JSON.stringify(result, null, 2)}\n`);
        await options.tellOutcome(event.outcome);
      }
    },
    close: narrate.stop,
  };
}
