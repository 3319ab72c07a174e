import { isObject } from "../../core/json.ts";
import type { FullAnswer } from "../answer.ts";
import type { Frames, MockCall, MockDialect } from "./dialect.ts";
import { openaiChat } from "./openai-chat.ts";
import { halves, lastUserText } from "./pieces.ts";

/** OpenAI's Responses API. Errors, keys and the list of models are those of chat completions. */
export const openaiResponses: MockDialect = {
  ...openaiChat,
  chatPaths: ["/v1/responses", "/responses"],
  embeddingsPaths: [],
  read(body) {
    if (!isObject(body)) return undefined;
    const { model, input, stream } = body;
    if (typeof model !== "string") return undefined;
    const items = typeof input === "string" ? [{ role: "user", content: input }] : input;
    if (!Array.isArray(items) || items.length === 0) return undefined;
    return { model, stream: stream === true, includeUsage: true, prompt: lastUserText(items) };
  },
  answer: (answer, call) => JSON.stringify(response(answer, call, outputOf(answer, call))),
  frames,
};

/** What a stream has come to; several sets of frames may be made for one call. */
interface Progress {
  events: number;
  items: number;
  /** Text of the message that has begun. */
  text: string | undefined;
}

const UNDER_WAY = new WeakMap<MockCall, Progress>();

function progressOf(call: MockCall): Progress {
  const known = UNDER_WAY.get(call) ?? { events: 0, items: 0, text: undefined };
  UNDER_WAY.set(call, known);
  return known;
}

function frames(answer: FullAnswer, call: MockCall): Frames {
  const progress = progressOf(call);
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: progress.events++, ...fields })}\n\n`;
  const inMessage = () => ({
    item_id: `msg_mock_${call.number}`,
    output_index: progress.items,
    content_index: 0,
  });
  const added = (item: object) =>
    event("response.output_item.added", {
      output_index: progress.items,
      item: { ...item, status: "in_progress" },
    });
  const done = (item: object) => event("response.output_item.done", { output_index: progress.items++, item });

  function closeText(): string[] {
    const { text } = progress;
    if (text === undefined) return [];
    progress.text = undefined;
    const part = { type: "output_text", text, annotations: [] };
    return [
      event("response.output_text.done", { ...inMessage(), text }),
      event("response.content_part.done", { ...inMessage(), part }),
      done(messageItem(call, [part])),
    ];
  }

  function refusal(): string[] {
    if (answer.refusal === "") return [];
    const part = { type: "refusal", refusal: answer.refusal };
    return [
      added(messageItem(call, [])),
      event("response.refusal.delta", { ...inMessage(), delta: answer.refusal }),
      event("response.refusal.done", { ...inMessage(), refusal: answer.refusal }),
      done(messageItem(call, [part])),
    ];
  }

  function toolCall(item: ReturnType<typeof callItem>): string[] {
    const where = () => ({ item_id: item.id, output_index: progress.items });
    return [
      added({ ...item, arguments: "" }),
      ...halves(item.arguments).map((delta) =>
        event("response.function_call_arguments.delta", { ...where(), delta }),
      ),
      event("response.function_call_arguments.done", { ...where(), arguments: item.arguments }),
      done(item),
    ];
  }

  return {
    get opening() {
      const begun = { ...response(answer, call, []), status: "in_progress", usage: null };
      return [
        event("response.created", { response: begun }),
        event("response.in_progress", { response: begun }),
      ];
    },
    get reasoning() {
      if (answer.reasoning === "") return [];
      const item = reasoningItem(answer, call);
      const where = { item_id: item.id, output_index: progress.items, summary_index: 0 };
      const [part] = item.summary;
      return [
        added({ ...item, summary: [] }),
        event("response.reasoning_summary_part.added", { ...where, part: { ...part, text: "" } }),
        event("response.reasoning_summary_text.delta", { ...where, delta: answer.reasoning }),
        event("response.reasoning_summary_text.done", { ...where, text: answer.reasoning }),
        event("response.reasoning_summary_part.done", { ...where, part }),
        done(item),
      ];
    },
    text(piece) {
      const opens = progress.text === undefined;
      const part = { type: "output_text", text: "", annotations: [] };
      const opening = opens
        ? added(messageItem(call, [])) + event("response.content_part.added", { ...inMessage(), part })
        : "";
      progress.text = (progress.text ?? "") + piece;
      return opening + event("response.output_text.delta", { ...inMessage(), delta: piece, logprobs: [] });
    },
    get rest() {
      const calls = answer.toolCalls.map((tool) => callItem(tool));
      return [...closeText(), ...refusal(), ...calls.flatMap(toolCall)];
    },
    get finish() {
      const whole = response(answer, call, outputOf(answer, call));
      return [event(`response.${whole.status}`, { response: whole })];
    },
    usage: [],
    done: [],
    error: (told) => {
      const { message, code, type } = told;
      return event("error", { code: code ?? type, message, param: null });
    },
    malformed:
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"bro\n\n',
    ping: ": keep-alive\n\n",
  };
}

function outputOf(answer: FullAnswer, call: MockCall): readonly object[] {
  const silent = answer.toolCalls.length > 0 || answer.refusal !== "" || answer.reasoning !== "";
  const said = answer.text || (Array.isArray(answer.pieces) ? answer.pieces.join("") : "");
  return [
    ...(answer.reasoning === "" ? [] : [reasoningItem(answer, call)]),
    ...(said === "" && silent
      ? []
      : [messageItem(call, said === "" ? [] : [{ type: "output_text", text: said, annotations: [] }])]),
    ...(answer.refusal === "" ? [] : [messageItem(call, [{ type: "refusal", refusal: answer.refusal }])]),
    ...answer.toolCalls.map(callItem),
  ];
}

function reasoningItem({ reasoning }: FullAnswer, { number }: MockCall) {
  return {
    type: "reasoning",
    id: `rs_mock_${number}`,
    summary: [{ type: "summary_text", text: reasoning }],
    encrypted_content: `sealed-${number}`,
  };
}

function messageItem({ number }: MockCall, content: readonly object[]) {
  return { type: "message", id: `msg_mock_${number}`, role: "assistant", status: "completed", content };
}

function callItem(tool: FullAnswer["toolCalls"][number]) {
  const { id, name } = tool;
  return {
    type: "function_call",
    id: `fc_${id}`,
    call_id: id,
    name,
    arguments: tool.arguments,
    status: "completed",
  };
}

/** Reasons as a script names them, in the words of chat completions. */
const INCOMPLETE: ReadonlyMap<string, string> = new Map([
  ["length", "max_output_tokens"],
  ["content_filter", "content_filter"],
]);

function response(answer: FullAnswer, call: MockCall, output: readonly object[]) {
  const reason = INCOMPLETE.get(answer.finishReason);
  const { usage } = answer;
  return {
    id: `resp_mock_${call.number}`,
    object: "response",
    created_at: Math.floor(call.atMs / 1000),
    model: answer.model,
    status: reason === undefined ? "completed" : "incomplete",
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    metadata: {},
    output,
    parallel_tool_calls: true,
    store: false,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    usage: usage && {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cached ?? 0 },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
      total_tokens: usage.input + usage.output,
    },
  };
}
