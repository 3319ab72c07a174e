import type { MockCall, MockDialect, MockModel } from "./dialects/dialect.ts";
import { type Exchange, send } from "./exchange.ts";
import { ERROR_ROWS, type ErrorRow, errorBody } from "./faults/error-rows.ts";
import type { RecordedRequest } from "./recorder.ts";
import type { PreparedStep, StepSequence } from "./step.ts";

/** What a scripted backend knows and does. */
export interface Script {
  readonly dialect: MockDialect;
  readonly models: readonly MockModel[];
  /** Whether models that are not in the list are answered too. */
  readonly anyModel: boolean;
  readonly apiKey: string | undefined;
  readonly steps: StepSequence;
  readonly modelsSteps: StepSequence;
  readonly pages: Readonly<Record<string, unknown>>;
}

/** The part of a request that decides what it gets. */
export interface Asked extends Pick<RecordedRequest, "kind" | "method" | "headers" | "atMs"> {
  /** Without the query. */
  readonly path: string;
  /** Undefined: not a chat request, or not a valid one. */
  readonly chat: Pick<MockCall, "model"> | undefined;
}

/** Whether a request may ask anything at all. */
export function admits(
  { apiKey, dialect }: Script,
  { kind, headers }: Pick<Asked, "kind" | "headers">,
): boolean {
  return apiKey === undefined || kind === "health" || dialect.keyOf(headers) === apiKey;
}

/** What a request gets. Only a valid request for a chat or embeddings spends a step of the script. */
export function chooseStep(script: Script, asked: Asked): PreparedStep {
  const { kind, chat, method, path } = asked;
  if (!admits(script, asked)) return refusal("401", ERROR_ROWS["401"]);
  switch (kind) {
    case "health":
      return page({ status: "ok" });
    case "models":
      return listing(script, asked.atMs);
    case "other":
      for (const pages of [script.pages, script.dialect.pages ?? {}]) {
        if (Object.hasOwn(pages, path)) return page(pages[path]);
      }
      return refusal("404", { ...ERROR_ROWS["404"], message: `Invalid URL (${method} ${path})` });
    case "chat":
    case "embeddings":
      if (chat === undefined) return refusal("400", { ...ERROR_ROWS["400"], message: NOT_A_CHAT });
      if (serves(script, chat.model)) return script.steps.take();
      return refusal("404-model", ERROR_ROWS["404-model"]);
  }
}

const NOT_A_CHAT = "The body must be JSON with a model and at least one message.";

function serves({ anyModel, models }: Script, model: string): boolean {
  return anyModel || models.some(({ id }) => id === model);
}

function listing({ dialect, models, modelsSteps }: Script, atMs: number): PreparedStep {
  const step = modelsSteps.take();
  if (step.label !== "ok") return step;
  const list = dialect.models(models, atMs);
  return { ...step, act: (exchange) => send(exchange, 200, list) };
}

function refusal(label: string, row: ErrorRow): PreparedStep {
  const act = (exchange: Exchange) => send(exchange, row.status, errorBody(exchange, row));
  return { label, answer: {}, beforeBody: false, act };
}

function page(content: unknown): PreparedStep {
  const act = (exchange: Exchange) =>
    typeof content === "string"
      ? send(exchange, 200, content, { "content-type": "text/plain" })
      : send(exchange, 200, JSON.stringify(content));
  return { label: "ok", answer: {}, beforeBody: false, act };
}
