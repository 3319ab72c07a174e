import { expect, it } from "vitest";
import { answerCollector } from "../../src/cli/chat/answer-message.ts";
import type { ChatEvent, Proof } from "../../src/core/chat.ts";

const proof: Proof = { dialect: "anthropic", data: "signed" };
const thought = (text: string): ChatEvent => ({ type: "reasoning-delta", text });
const said = (text: string): ChatEvent => ({ type: "text-delta", text });
const proven: ChatEvent = { type: "reasoning-proof", proof };

it.each<[string, readonly ChatEvent[], unknown]>([
  ["nothing", [], undefined],
  ["text in pieces", [said("a"), said("b")], [{ type: "text", text: "ab" }]],
  [
    "reasoning that is signed, then text",
    [thought("x"), thought("y"), proven, said("a")],
    [
      { type: "reasoning", text: "xy", proof },
      { type: "text", text: "a" },
    ],
  ],
  [
    "two pieces of reasoning, each with its proof",
    [thought("x"), proven, thought("y"), proven],
    [
      { type: "reasoning", text: "x", proof },
      { type: "reasoning", text: "y", proof },
    ],
  ],
  ["a proof alone", [proven], [{ type: "reasoning", text: "", proof }]],
  ["reasoning that nobody signed", [thought("x")], [{ type: "reasoning", text: "x" }]],
])("puts together %s", (_name, events, parts) => {
  const answer = answerCollector();
  for (const event of events) answer.add(event);
  expect(answer.message()?.parts).toEqual(parts);
});
