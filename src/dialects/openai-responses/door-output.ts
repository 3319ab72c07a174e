import type { ChatEvent, Proof } from "../../core/chat.ts";
import { sealProof } from "../sealed-proof.ts";
import type { CallName } from "./call-names.ts";
import { type OpenCall, openCustom, openFunction } from "./door-calls.ts";
import { type OpenMessage, openMessage, type PartKind } from "./door-message.ts";
import { type OpenReasoning, openReasoning } from "./door-reasoning.ts";
import { createSlot, type Slot, type Teller } from "./output-slot.ts";

/** Puts the items of an answer together out of neutral events, and tells each step. */
export interface Output {
  push(event: ChatEvent): void;
  /** Ends what is open; all items. `whole`: no limit cut the answer off. */
  close(whole: boolean): readonly object[];
}

/** Starts an output. `id` makes the ids of its items; `names` says how calls are written. */
export function createOutput(id: string, names: ReadonlyMap<string, CallName>, teller: Teller): Output {
  const items: object[] = [];
  let begun = 0;
  let message: OpenMessage | undefined;
  let reasoning: OpenReasoning | undefined;
  const calls = new Map<number, OpenCall>();

  function slot(mark: string): Slot {
    const place = begun++;
    return createSlot(`${mark}_${id}_${place}`, place, items, teller);
  }

  function endMessage(whole = true): void {
    message?.done(whole);
    message = undefined;
  }

  function endReasoning(): void {
    reasoning?.done();
    reasoning = undefined;
  }

  function say(kind: PartKind, delta: string): void {
    endReasoning();
    message ??= openMessage(slot("msg"));
    message.add(kind, delta);
  }

  function think(): OpenReasoning {
    endMessage();
    reasoning ??= openReasoning(slot("rs"));
    return reasoning;
  }

  function beginCall({ index, id: callId, name, proof }: Extract<ChatEvent, { type: "tool-call-start" }>) {
    endReasoning();
    if (proof !== undefined) think().prove(sealProof({ proof, call: callId }));
    endReasoning();
    endMessage();
    const called = names.get(name) ?? { type: "function", name };
    const call =
      called.type === "custom"
        ? openCustom(slot("ctc"), callId, called)
        : openFunction(slot("fc"), callId, called);
    calls.set(index, call);
  }

  return {
    push(event) {
      switch (event.type) {
        case "text-delta":
          say("output_text", event.text);
          break;
        case "refusal-delta":
          say("refusal", event.text);
          break;
        case "reasoning-delta":
          think().add(event.text);
          break;
        case "reasoning-proof":
          think().prove(told(event.proof));
          endReasoning();
          break;
        case "tool-call-start":
          beginCall(event);
          break;
        case "tool-call-delta":
          calls.get(event.index)?.add(event.json);
      }
    },
    close(whole) {
      endReasoning();
      endMessage(whole);
      for (const call of calls.values()) call.done(whole);
      calls.clear();
      return items;
    },
  };
}

/** One's own stands as it is; what another dialect proved comes back wrapped. */
function told(proof: Proof): string {
  return proof.dialect === "openai-responses" ? proof.data : sealProof({ proof });
}
