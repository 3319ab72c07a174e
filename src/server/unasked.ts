import type { AnswerIdentity, DoorRequest } from "../dialects/dialect.ts";
import type { RunInput } from "../engine/engine.ts";
import { countTokens } from "../tokens/count.ts";
import { type Exchange, writeAnswer } from "./exchange.ts";
import { responseHeaders } from "./headers.ts";
import type { Served } from "./served.ts";

/** Requests for which no backend is asked. */
export type UnaskedTask = "count" | "load";

/** By what such a request is answered. */
export interface UnaskedDeps {
  readonly served: Served;
  readonly left: AbortSignal;
  /** Of an answer in which this model speaks. */
  readonly identityOf: (model: string) => AnswerIdentity;
}

/**
 * Answers how many tokens a prompt has for the model that would be asked first, or that there is such a model. Throws `Problem` for an
 * unknown target.
 */
export async function answerUnasked(
  exchange: Exchange,
  input: RunInput,
  asked: DoorRequest & { readonly task: UnaskedTask },
  { served, left, identityOf }: UnaskedDeps,
): Promise<void> {
  const { door } = exchange;
  const { plan } = await served.engine.foresee(input, left);
  const model = plan.primaryModel ?? "";
  const body =
    asked.task === "count"
      ? door.count?.encode((await countTokens(asked.request, model)).tokens)
      : door.load?.encode(identityOf(model), asked);
  if (body === undefined) throw new TypeError(`no ${asked.task} at the door ${door.dialect}`);
  const headers = responseHeaders({ requestId: exchange.id, chainLog: [] });
  headers.push("content-type", asked.stream ? door.stream.contentType(asked) : "application/json");
  writeAnswer(exchange, 200, headers, body);
}

/** Whether nobody has to be asked for this. */
export function isUnasked(asked: DoorRequest): asked is DoorRequest & { readonly task: UnaskedTask } {
  return asked.task === "count" || asked.task === "load";
}
