import { type ContentEvent, isContent } from "../../core/chat.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { CommandContext } from "../app.ts";
import type { Rendering } from "../markdown/markdown.ts";
import { neutraliser } from "../output/neutralise.ts";
import { note } from "../output/print.ts";
import { narrator } from "./narrator.ts";
import type { AnswerOut, Presenter, PresenterOptions } from "./presenter.ts";
import { toolCallCollector } from "./tool-calls.ts";

/**
 * The answer as text while it comes, everything else on standard error. Reasoning is told only with `debug`. Tool calls
 * follow the answer, one line of JSON each. `rendering` gives the text the form in which it is shown.
 */
export function textMode(
  context: CommandContext,
  out: AnswerOut,
  options: PresenterOptions,
  rendering: Rendering = AS_IT_IS,
): Presenter {
  const harmless = context.app.stdout.isTTY ? neutraliser() : { push: (text: string) => text };
  const narrate = narrator(context, options);
  const toolCalls = toolCallCollector();
  const reasoning: string[] = [];
  let atLineStart = true;

  const write = async (text: string): Promise<void> => put(rendering.push(harmless.push(text)));
  const put = async (shown: string): Promise<void> => {
    if (shown === "") return;
    await out.write(shown);
    atLineStart = shown.endsWith("\n");
  };
  const content = async (event: ContentEvent): Promise<void> => {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        narrate.stop();
        return write(event.text);
      case "reasoning-delta":
        reasoning.push(event.text);
        return;
      default:
        return toolCalls.add(event);
    }
  };
  const finish = async (outcome: Outcome): Promise<void> => {
    narrate.stop();
    await put(rendering.end());
    if (!atLineStart) await put("\n");
    if (outcome.error === undefined) {
      for (const call of toolCalls.calls()) {
        await put(harmless.push(`${JSON.stringify({ tool_call: call })}\n`));
      }
    }
    if (options.debug && reasoning.length > 0) {
      // Its lines stand in, so that none of them can pass for one of ours.
      note(context, `debug: reasoning: ${reasoning.join("").replaceAll("\n", "\n  ")}`);
    }
    await options.tellOutcome(outcome);
  };

  return {
    async show(event) {
      narrate.tell(event);
      if (event.type === "chat" && isContent(event.event)) await content(event.event);
      else if (event.type === "outcome") await finish(event.outcome);
    },
    close: narrate.stop,
  };
}

const AS_IT_IS: Rendering = { push: (text) => text, end: () => "" };
