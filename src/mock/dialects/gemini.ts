import { isObject } from "../../core/json.ts";
import type { FullAnswer } from "../answer.ts";
import type { Frames, MockDialect, MockError } from "./dialect.ts";
import { textOfParts } from "./pieces.ts";

/** Path of a chat request: the model and whether it streams stand in it. */
const CHAT = /^(?:\/v1beta|\/v1)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

/** Google's generateContent: https://ai.google.dev/api/generate-content */
export const gemini: MockDialect = {
  chatPaths: [],
  chatPattern: CHAT,
  embeddingsPaths: [],
  modelsPaths: ["/v1beta/models", "/v1/models", "/models"],
  streamType: "text/event-stream; charset=utf-8",
  keyOf: (headers) => {
    const key = headers["x-goog-api-key"];
    return typeof key === "string" ? key : undefined;
  },
  read(body, path) {
    const [, model, verb] = CHAT.exec(path) ?? [];
    const contents = isObject(body) ? body["contents"] : undefined;
    if (model === undefined || !Array.isArray(contents) || contents.length === 0) return undefined;
    return {
      model: decodeURIComponent(model),
      stream: verb === "streamGenerateContent",
      includeUsage: true,
      prompt: lastUserText(contents),
    };
  },
  answer: (answer, call) =>
    JSON.stringify({
      candidates: [
        { content: { role: "model", parts: partsOf(answer) }, finishReason: stop(answer), index: 0 },
      ],
      ...usage(answer),
      modelVersion: answer.model,
      responseId: `mock-${call.number}`,
    }),
  frames(answer, call): Frames {
    const head = { modelVersion: answer.model, responseId: `mock-${call.number}` };
    const piece = (parts: readonly object[], more: object = {}) =>
      sse({ candidates: [{ content: { role: "model", parts }, index: 0, ...more }], ...head });
    return {
      opening: [],
      reasoning: answer.reasoning === "" ? [] : [piece([{ text: answer.reasoning, thought: true }])],
      text: (text) => piece([{ text }]),
      rest: [
        ...(answer.refusal === "" ? [] : [piece([{ text: answer.refusal }])]),
        ...(answer.toolCalls.length === 0 ? [] : [piece(callsOf(answer))]),
      ],
      finish: [sse({ candidates: [{ finishReason: stop(answer), index: 0 }], ...usage(answer), ...head })],
      usage: [],
      done: [],
      error: (told) => `data: ${error(told)}\r\n\r\n`,
      malformed: 'data: {"candidates":[{"content":{"parts":[{"text":"bro\r\n\r\n',
      ping: ": keep-alive\r\n\r\n",
    };
  },
  error,
  models: (models) =>
    JSON.stringify({
      models: models.map(({ id, ...more }) => ({
        name: `models/${id}`,
        supportedGenerationMethods: ["generateContent", "countTokens"],
        ...more,
      })),
    }),
};

/** Google's servers end lines with CR LF. */
function sse(data: object): string {
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}

function partsOf(answer: FullAnswer): object[] {
  const text = answer.text + answer.refusal;
  return [
    ...(answer.reasoning === "" ? [] : [{ text: answer.reasoning, thought: true }]),
    ...(text === "" ? [] : [{ text }]),
    ...callsOf(answer),
  ];
}

function callsOf({ toolCalls }: FullAnswer): object[] {
  return toolCalls.map(({ id, name, arguments: json }) => {
    const args: unknown = JSON.parse(json);
    return { functionCall: { id, name, args } };
  });
}

function stop({ finishReason }: FullAnswer): string {
  if (finishReason === "length") return "MAX_TOKENS";
  return finishReason === "content_filter" ? "SAFETY" : "STOP";
}

function usage({ usage: counts }: FullAnswer): object {
  if (counts === undefined) return {};
  const { input, output, cached, reasoning = 0 } = counts;
  return {
    usageMetadata: {
      promptTokenCount: input,
      candidatesTokenCount: output - reasoning,
      totalTokenCount: input + output,
      ...(cached !== undefined && { cachedContentTokenCount: cached }),
      ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    },
  };
}

function error({ status: code, message, retryDelay }: MockError): string {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }];
  const status = STATUS[code] ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
  return JSON.stringify({ error: { code, message, status, ...(retryDelay && { details }) } });
}

const STATUS: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

function lastUserText(contents: readonly unknown[]): string {
  const last = contents.findLast((turn) => isObject(turn) && turn["role"] !== "model");
  return isObject(last) ? textOfParts(last["parts"]) : "";
}
