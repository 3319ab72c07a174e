import { isObject } from "../../core/json.ts";
import type { FullAnswer } from "../answer.ts";
import { type Exchange, send } from "../exchange.ts";
import { sendAnswer } from "../stream.ts";
import { ERROR_ROWS, errorBody } from "./error-rows.ts";
import type { Fault } from "./fault.ts";

/** Terminal escapes: clipboard (OSC 52), title (OSC 0), colour and cursor (CSI), one of the C1 controls. */
const ESCAPES = "\u{1b}]52;c;aGk=\u{7}\u{1b}]0;title\u{7}\u{1b}[31mred\u{1b}[2J\u{9b}6n";

/** Answers that are good but odd, in what they say or in the form they say it. */
export const ODDITIES = {
  "empty-answer": {
    meaning: "a complete answer without any content",
    prepare: (params) => {
      const finishReason = params.text("finish", "stop");
      return (exchange) =>
        sayingWith(exchange, {
          text: "",
          pieces: [],
          reasoning: "",
          refusal: "",
          toolCalls: [],
          finishReason,
        });
    },
  },
  refusal: saying("a refusal instead of an answer", () => {
    return { text: "", pieces: [], refusal: "I cannot help with that." };
  }),
  "reasoning-only": saying("reasoning, and no answer before the length is used up", () => {
    return { text: "", pieces: [], reasoning: "Let me think.", finishReason: "length" };
  }),
  filtered: saying("stops for its content filter after some content", ({ text }) => {
    return { pieces: [text.slice(0, Math.ceil(text.length / 2))], finishReason: "content_filter" };
  }),
  "finish-tools": saying("says that it stopped for tool calls, of which there are none", () => {
    return { finishReason: "tool_calls" };
  }),
  "other-model": saying("names another model than the one that was asked for", () => {
    return { model: "another-model" };
  }),
  escapes: saying("terminal escapes in the answer", ({ text }) => {
    return { text: text + ESCAPES, pieces: [text, ESCAPES] };
  }),
  "escapes-in-error": {
    meaning: "500 with terminal escapes in the message",
    prepare: () => (exchange) => {
      const row = { ...ERROR_ROWS["500"], message: `Out of ${ESCAPES} memory` };
      send(exchange, row.status, errorBody(exchange, row));
    },
  },
  "no-usage": saying("reports no usage", () => ({ usage: undefined })),
  "null-usage": reshaped("reports null for its usage", (body) => [{ ...body, usage: null }]),
  "negative-usage": reshaped("reports negative usage", (body) => [{ ...body, usage: usage(-7, -1) }]),
  "usage-twice": reshaped("reports its usage with every message, growing", (body, number) => [
    { ...body, usage: usage(7, number) },
  ]),
  "no-choices-first": reshaped("opens with a message without choices, as Azure does", (body, number) =>
    number === 1 && body["object"] === "chat.completion.chunk" ? [{ ...body, choices: [] }, body] : [body],
  ),
  "more-choices": reshaped("a second choice, before the first", (body) => {
    return [{ ...body, choices: [...choicesOf(body).map(asSecond), ...choicesOf(body)] }];
  }),
  "no-index": reshaped("choices without an index", (body) => {
    return [{ ...body, choices: choicesOf(body).map(({ index: _, ...choice }) => choice) }];
  }),
  bare: reshaped("nothing but the choices, and fields nobody knows", ({ choices }) => [
    {
      choices,
      created: "1700000000",
      "x-odd": [null, { deep: 1 }],
      usage: { prompt_tokens: "7", completion_tokens: "3" },
    },
  ]),
  "proto-keys": {
    meaning: "keys that stand twice, and __proto__ among them",
    prepare: () => (exchange) =>
      respelt(exchange, (json) => `{"__proto__":{"polluted":true},"choices":[],${json.slice(1)}`),
  },
} satisfies Readonly<Record<string, Fault>>;

function saying(meaning: string, change: (answer: FullAnswer) => Partial<FullAnswer>): Fault {
  return { meaning, prepare: () => (exchange) => sayingWith(exchange, change(exchange.answer)) };
}

function sayingWith(exchange: Exchange, change: Partial<FullAnswer>): Promise<void> {
  return sendAnswer({ ...exchange, answer: { ...exchange.answer, ...change } });
}

type Body = Readonly<Record<string, unknown>>;

/** A good answer, each JSON object of which is sent as others. `number` counts them from 1. */
export function reshaped(
  meaning: string,
  reshape: (body: Body, number: number) => readonly object[],
  change: Partial<FullAnswer> = {},
): Fault {
  return {
    meaning,
    prepare: () => (exchange) => {
      let number = 0;
      return respelt({ ...exchange, answer: { ...exchange.answer, ...change } }, (json) => {
        const body: unknown = JSON.parse(json);
        return reshape(isObject(body) ? body : {}, ++number).map((one) => JSON.stringify(one));
      });
    },
  };
}

/** A good answer with the text of each JSON object changed, or made several. */
function respelt(
  exchange: Exchange,
  respell: (json: string) => string | readonly string[],
): void | Promise<void> {
  const { call, dialect, answer } = exchange;
  const texts = (json: string) => [respell(json)].flat();
  if (!call.stream) return send(exchange, 200, texts(dialect.answer(answer, call)).join(""));
  const data = (json: string) =>
    texts(json)
      .map((text) => `data: ${text}\n\n`)
      .join("");
  return sendAnswer(exchange, {
    encode: (frame) => [frame.replace(/^data: (\{.*\})\n\n$/s, (_all, json: string) => data(json))],
  });
}

function choicesOf(body: Body): readonly Body[] {
  return Array.isArray(body["choices"]) ? body["choices"].filter(isObject) : [];
}

function asSecond(choice: Body): Body {
  const said = { content: "of the second choice " };
  return { index: 1, ...("delta" in choice ? { delta: said } : { message: said }), finish_reason: "stop" };
}

function usage(prompt: number, completion: number): object {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
