import { expect, it } from "vitest";
import { reflow } from "../../src/cli/output/reflow.ts";

it.each([
  ["what fits", "Usage: nexus\n\nOne line.\nAnother", "Usage: nexus\n\nOne line.\nAnother"],
  [
    "a paragraph that was broken elsewhere",
    "This is a rather long line of the source that\ngoes on here. And on",
    "This is a rather long line of\nthe source that goes on here.\nAnd on",
  ],
  [
    "no sentence that begins a line of its own",
    "This one is longer than thirty characters.\nExit codes: 0",
    "This one is longer than thirty\ncharacters.\nExit codes: 0",
  ],
  [
    "what is said of a thing",
    "Settings:\n  name  said of it in very many words",
    "Settings:\n  name  said of it in very\n        many words",
  ],
  ["no example", "Examples:\n  nexus chat  some words that go on and on", undefined],
  [
    "what has no room beside its name",
    "  a-very-long-name-of-it  said of it in words",
    "  a-very-long-name-of-it\n      said of it in words",
  ],
  ["no code", '  { "models": ["llama3.2"], "answer": "Hello." }', undefined],
])("breaks %s", (_name, text, expected) => {
  expect(reflow(text, 30)).toBe(expected ?? text);
});
