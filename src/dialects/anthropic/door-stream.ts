import type { ChatEvent } from "../../core/chat.ts";
import { type JsonObject, parseJson } from "../../core/json.ts";
import type { AnswerIdentity, Framing, StreamEncoder } from "../dialect.ts";
import { messageOf } from "./door-answer.ts";
import { encodeStreamFailure } from "./door-failure.ts";
import { isShownAlone, writeCallId, writeSignature } from "./door-proofs.ts";
import { encodeStop } from "./door-stop.ts";
import { encodeUsage, NO_USAGE } from "./door-usage.ts";

type Opening = { readonly type: "text" | "thinking" | "redacted_thinking" | "tool_use" } & JsonObject;

/** A block of content, which follows the one before it and is whole before the next begins. */
interface Block {
  /** How it begins. */
  readonly opening: Opening;
  /** Which call of the answer it is. */
  readonly call?: number;
  /** Arguments of a call so far. */
  json: string;
  /** Its thoughts are proven: no more of them may follow. */
  proven: boolean;
  /** Pieces that wait for the blocks before it. */
  readonly held: string[];
}

/**
 * Writes an answer as a stream of blocks, one after the other. Calls whose pieces come interleaved wait for the calls before them;
 * a call is over when others have begun and its arguments are whole.
 */
export function createEncoder(identity: AnswerIdentity, request: Framing): StreamEncoder {
  /** The first is on the wire, the others wait. */
  let queue: Block[] = [];
  let index = 0;
  let begun = false;
  let refused = false;

  function begin(): string {
    if (begun) return "";
    begun = true;
    const unknown = { content: [], stop_reason: null, stop_sequence: null, usage: encodeUsage(NO_USAGE) };
    return sse("message_start", { message: { ...messageOf(identity), ...unknown } });
  }

  function open({ opening, held }: Block): string {
    const start = sse("content_block_start", { index, content_block: opening });
    return start + held.map(onWire).join("");
  }

  function onWire(delta: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":${delta}}\n\n`;
  }

  /** The first block ends, and the next is on the wire. */
  function close(): string {
    const [first, ...rest] = queue;
    if (first === undefined) return "";
    const unsigned =
      first.opening.type === "thinking" && !first.proven ? onWire(signatureDelta(undefined)) : "";
    const stop = sse("content_block_stop", { index });
    queue = rest;
    index += 1;
    const next = queue[0];
    return unsigned + stop + (next === undefined ? "" : open(next));
  }

  function closeWhole(): string {
    let text = "";
    for (let first = queue[0]; first !== undefined && queue.length > 1 && isWhole(first); first = queue[0]) {
      text += close();
    }
    return text;
  }

  function add(opening: Opening, call?: number): string {
    const block: Block = {
      opening,
      ...(call !== undefined && { call }),
      json: "",
      proven: false,
      held: [],
    };
    queue.push(block);
    return queue.length === 1 ? open(block) : closeWhole();
  }

  /** A piece of a block, at once or in its turn. */
  function write(block: Block | undefined, delta: string): string {
    if (block === queue[0]) return onWire(delta);
    block?.held.push(delta);
    return "";
  }

  function say(type: "text" | "thinking", text: string): string {
    if (text === "") return "";
    const last = queue.at(-1);
    const fits = last?.opening.type === type && !last.proven;
    const opening: Opening = type === "text" ? { type, text: "" } : { type, thinking: "", signature: "" };
    const opened = fits ? "" : add(opening);
    return opened + write(queue.at(-1), `{"type":"${type}_delta","${type}":${JSON.stringify(text)}}`);
  }

  function prove({ proof }: Extract<ChatEvent, { type: "reasoning-proof" }>): string {
    const last = queue.at(-1);
    if (last?.opening.type === "thinking" && !last.proven && !proof.redacted) {
      last.proven = true;
      return write(last, signatureDelta(proof));
    }
    return isShownAlone(proof, request)
      ? add({ type: "redacted_thinking", data: writeSignature(proof) })
      : "";
  }

  function argue({ index: call, json }: Extract<ChatEvent, { type: "tool-call-delta" }>): string {
    const block = queue.find((one) => one.call === call);
    // Of a call that is over nothing but white space can follow.
    if (block === undefined || json === "") return "";
    block.json += json;
    const delta = write(block, `{"type":"input_json_delta","partial_json":${JSON.stringify(json)}}`);
    return queue.length === 1 ? delta : delta + closeWhole();
  }

  function end(event: Extract<ChatEvent, { type: "response-end" }>): string {
    let text = begin();
    while (queue.length > 0) text += close();
    const usage = encodeUsage(event.usage ?? NO_USAGE);
    return `${text}${sse("message_delta", { delta: encodeStop(event, refused), usage })}${sse("message_stop", {})}`;
  }

  return {
    push(event) {
      switch (event.type) {
        case "response-start":
          return begin();
        case "text-delta":
          return begin() + say("text", event.text);
        case "refusal-delta":
          refused = true;
          return begin() + say("text", event.text);
        case "reasoning-delta":
          return begin() + say("thinking", event.text);
        case "reasoning-proof":
          return begin() + prove(event);
        case "tool-call-start":
          return (
            begin() +
            add({ type: "tool_use", id: writeCallId(event), name: event.name, input: {} }, event.index)
          );
        case "tool-call-delta":
          return begin() + argue(event);
        case "response-end":
          return end(event);
        case "failure":
          return encodeStreamFailure(event.failure.message);
        case "bytes":
          return "";
      }
    },
  };
}

function isWhole({ opening, json }: Block): boolean {
  return opening.type !== "tool_use" || parseJson(json) !== undefined;
}

function signatureDelta(proof: Parameters<typeof writeSignature>[0]): string {
  return JSON.stringify({ type: "signature_delta", signature: writeSignature(proof) });
}

function sse(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
