import { type Slot, statusOf } from "./output-slot.ts";

/** Parts that a message consists of. */
export type PartKind = "output_text" | "refusal";

/** A message that has begun. */
export interface OpenMessage {
  add(kind: PartKind, delta: string): void;
  /** `whole`: no limit cut it off. */
  done(whole: boolean): void;
}

/** Begins a message. */
export function openMessage({ id, tell, pieces, begin, finish }: Slot): OpenMessage {
  const content: object[] = [];
  let open: { kind: PartKind; text: string; say(delta: string): void } | undefined;
  const item = (status: string) => ({ id, type: "message", status, role: "assistant", content });
  begin({ ...item("in_progress"), content: [] });

  function endPart(): void {
    if (open === undefined) return;
    const { kind, text } = open;
    const at = { content_index: content.length };
    const part = partOf(kind, text);
    const done =
      kind === "refusal"
        ? (["response.refusal.done", { refusal: text }] as const)
        : (["response.output_text.done", { text, logprobs: [] }] as const);
    tell(done[0], { ...at, ...done[1] });
    tell("response.content_part.done", { ...at, part });
    content.push(part);
    open = undefined;
  }

  return {
    add(kind, delta) {
      if (open?.kind !== kind) endPart();
      if (open === undefined) {
        const at = { content_index: content.length };
        const [type, more] =
          kind === "refusal"
            ? (["response.refusal.delta", {}] as const)
            : (["response.output_text.delta", { logprobs: [] }] as const);
        open = { kind, text: "", say: pieces(type, { ...at, ...more }) };
        tell("response.content_part.added", { ...at, part: partOf(kind, "") });
      }
      open.text += delta;
      open.say(delta);
    },
    done(whole) {
      endPart();
      finish(item(statusOf(whole)));
    },
  };
}

function partOf(kind: PartKind, text: string): object {
  if (kind === "refusal") return { type: kind, refusal: text };
  return { type: kind, text, annotations: [], logprobs: [] };
}
