import type { MockCall } from "./dialects/dialect.ts";

/** A tool call a scripted answer makes. */
export interface MockToolCall {
  /** Default: `call_1`, `call_2`, … */
  readonly id?: string;
  readonly name: string;
  /** JSON text, sent as it stands. */
  readonly arguments: string;
}

/** Token counts as the backend reports them. */
export interface MockUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

/** What a scripted backend says when nothing is wrong. Every field has a default. */
export interface Answer {
  /** Default: a greeting that names the model and repeats the end of the prompt. */
  readonly text?: string;
  /** The streamed pieces of the text, instead of its words; an async iterable lets a test decide when each one goes. */
  readonly pieces?: Iterable<string> | AsyncIterable<string>;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly MockToolCall[];
  /** Default: `tool_calls` when there are any, else `stop`. */
  readonly finishReason?: string;
  /** The model the answer names; default: the one that was asked for. */
  readonly model?: string;
  /** Default: rough counts; `none`: the answer reports no usage. */
  readonly usage?: MockUsage | "none";
  /** Milliseconds before the first byte; overrides the server's. */
  readonly latencyMs?: number;
  /** Milliseconds between streamed pieces; overrides the server's. */
  readonly chunkDelayMs?: number;
}

/** An answer with every default filled in. */
export interface FullAnswer {
  readonly text: string;
  readonly pieces: Iterable<string> | AsyncIterable<string>;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly Required<MockToolCall>[];
  readonly finishReason: string;
  readonly model: string;
  readonly usage: MockUsage | undefined;
  readonly latencyMs: number;
  readonly chunkDelayMs: number;
}

/** Fills in what an answer leaves open. */
export function completeAnswer(
  answer: Answer,
  call: MockCall,
  pace: { readonly latencyMs: number; readonly chunkDelayMs: number },
): FullAnswer {
  const toolCalls = (answer.toolCalls ?? []).map((tool, index) => ({ id: `call_${index + 1}`, ...tool }));
  const saysNothing = toolCalls.length > 0 || answer.refusal !== undefined || answer.pieces !== undefined;
  const text = answer.text ?? (saysNothing ? "" : greeting(call));
  return {
    text,
    pieces: answer.pieces ?? wordsOf(text),
    reasoning: answer.reasoning ?? "",
    refusal: answer.refusal ?? "",
    toolCalls,
    finishReason: answer.finishReason ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    model: answer.model ?? call.model,
    usage: answer.usage === "none" ? undefined : (answer.usage ?? roughUsage(call, text)),
    latencyMs: answer.latencyMs ?? pace.latencyMs,
    chunkDelayMs: answer.chunkDelayMs ?? pace.chunkDelayMs,
  };
}

const ECHOED = 60;

function greeting(call: MockCall): string {
  const prompt = call.prompt.replace(/\s+/g, " ").trim();
  const end = [...prompt].slice(-ECHOED).join("");
  return `Hello, this is ${call.model}, a mock. You said: ${end === prompt ? end : `…${end}`}`;
}

const LONG_TEXT = 65_536;

/** The words of a text, each with the space after it; a long text in larger pieces. Joined, they are the text. */
function wordsOf(text: string): readonly string[] {
  return text.match(text.length < LONG_TEXT ? /\s*\S+\s?|\s+/gu : /[\s\S]{1,16384}/gu) ?? [];
}

function roughUsage(call: MockCall, text: string): MockUsage {
  return { input: Math.max(1, Math.ceil(call.prompt.length / 4)), output: Math.ceil(text.length / 4) };
}
