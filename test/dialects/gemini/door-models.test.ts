import { expect, test } from "vitest";
import { geminiDoor as door } from "../../../src/dialects/gemini/door.ts";

const NAMES = [
  { id: "lb", owner: "nexus" },
  { id: "a/b", owner: "box", info: { id: "a/b", contextLength: 8, maxOutputTokens: 4 } },
];
const [list, one] = door.pages;
const at = (rest: string) => ({ rest, query: {}, headers: {}, body: new Uint8Array(0) });
const NAMED = { name: "models/a/b", inputTokenLimit: 8, outputTokenLimit: 4 };

test("names are listed as models, with their limits where they are known", () => {
  const { models } = JSON.parse(list?.answer(NAMES, at("")).body ?? "");
  expect(models).toMatchObject([{ name: "models/lb" }, NAMED]);
  expect(models[0]).not.toHaveProperty("inputTokenLimit");
  expect(JSON.parse(one?.answer(NAMES, at("a/b")).body ?? "")).toMatchObject(NAMED);
});

test("a name that nobody knows is not found", () => {
  expect(one?.answer(NAMES, at("x"))).toMatchObject({ status: 404 });
});

test("what door it is shows in the path, and tokens are counted", () => {
  expect(["/v1beta/models", "/v1/models"].map((path) => door.speaksAt(path, {}))).toEqual([true, false]);
  expect(door.count?.encode(7)).toBe('{"totalTokens":7}');
});
