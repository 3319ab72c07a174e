import { expect, test } from "vitest";
import { anthropicDoor } from "../../../src/dialects/anthropic/door.ts";
import { decodeModels } from "../../../src/dialects/anthropic/models.ts";

const INFO = {
  id: "c",
  contextLength: 1000,
  maxOutputTokens: 100,
  capabilities: ["vision", "tools"],
} as const;
const NAMES = [
  { id: "lb", owner: "nexus" },
  { id: "b", owner: "one" },
  { id: "c", owner: "two", info: INFO },
];

function ask(path: string, query: Record<string, string> = {}, rest = "") {
  const page = anthropicDoor.pages.find((one) => one.path === path);
  const answer = page?.answer(NAMES, { rest, query, headers: {}, body: new Uint8Array(0) });
  const body: Record<string, unknown> = JSON.parse(answer?.body ?? "{}");
  return { status: answer?.status, body };
}

function listed(query: Record<string, string>) {
  const { data, has_more } = ask("/v1/models", query).body;
  return [Array.isArray(data) ? data.map((one) => Object(one).id) : [], has_more];
}

test("all names are listed, in a page that is read again as what is known of them", () => {
  const { body } = ask("/v1/models");
  expect(body).toMatchObject({
    data: [
      { type: "model", id: "lb", display_name: "lb", created_at: "1970-01-01T00:00:00Z" },
      { id: "b" },
      { id: "c" },
    ],
    has_more: false,
    first_id: "lb",
    last_id: "c",
  });
  expect(decodeModels(body)).toEqual([{ id: "lb" }, { id: "b" }, INFO]);
});

test.each([
  [{ limit: "2" }, ["lb", "b"], true],
  [{ limit: "2", after_id: "b" }, ["c"], false],
  [{ limit: "1", before_id: "c" }, ["b"], true],
  [{ limit: "5", before_id: "c" }, ["lb", "b"], false],
  [{ limit: "many" }, ["lb", "b", "c"], false],
  [{ after_id: "unknown" }, ["lb", "b", "c"], false],
])("pages as they are asked for: %j", (query, ids, more) => {
  expect(listed(query)).toEqual([ids, more]);
});

test("one of them, or none", () => {
  expect(ask("/v1/models/*", {}, "c")).toMatchObject({ status: 200, body: { id: "c", max_tokens: 100 } });
  expect(ask("/v1/models/*", {}, "x")).toMatchObject({
    status: 404,
    body: { type: "error", error: { type: "not_found_error", code: "model_not_found" } },
  });
});
