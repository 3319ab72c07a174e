import { expect, test } from "vitest";
import type { Params } from "../../../src/core/chat.ts";
import { geminiDoor as door } from "../../../src/dialects/gemini/door.ts";
import { accepted } from "./door-fixtures.ts";

const [ask] = door.asks;

/** What a backend of the same dialect receives of this body, when a profile adds these parameters. */
function sent(body: string, params: Params = {}, over: { model?: string; stream?: boolean } = {}) {
  const read = accepted(body);
  const target = { type: "google", model: "gemini-2.5-flash", stream: false, key: "k", ...over } as const;
  const wire = ask?.encodeSame(read, { ...target, params: { ...params, ...read.request.params } });
  return { ...wire, body: wire?.body ?? "" };
}

const CONTENTS = '"contents":[{"parts":[{"text":"hi"}]}]';

test("every byte of the client's stays, fields that nobody knows and large numbers too", () => {
  const body = `{ ${CONTENTS} , "unheardOf": 12345678901234567890,"generation_config":{"seed":1 }}`;
  expect(sent(body)).toMatchObject({
    method: "POST",
    path: "/models/gemini-2.5-flash:generateContent",
    headers: { "x-goog-api-key": "k" },
    body,
  });
  expect(sent(body, {}, { model: "a/b", stream: true }).path).toBe(
    "/models/a%2Fb:streamGenerateContent?alt=sse",
  );
});

test("a model that stands in the body is that of the path", () => {
  expect(sent(`{"model":"models/lb",${CONTENTS}}`).body).toBe(
    `{"model":"models/gemini-2.5-flash",${CONTENTS}}`,
  );
});

test.each([
  [`{${CONTENTS}}`, `{${CONTENTS},"generationConfig":{"temperature":0.5,"maxOutputTokens":9}}`],
  [
    `{"generationConfig":null,${CONTENTS}}`,
    `{"generationConfig":{"temperature":0.5,"maxOutputTokens":9},${CONTENTS}}`,
  ],
  [
    `{"generationConfig":{ "x":1 } ,${CONTENTS}}`,
    `{"generationConfig":{ "x":1,"temperature":0.5,"maxOutputTokens":9 } ,${CONTENTS}}`,
  ],
  [
    `{"model":"lb","generation_config":{"max_output_tokens":1},${CONTENTS}}`,
    `{"model":"models/gemini-2.5-flash","generation_config":{"max_output_tokens":1,"temperature":0.5},${CONTENTS}}`,
  ],
  [
    `{"generationConfig":{"temperature":1,"maxOutputTokens":1},${CONTENTS}}`,
    `{"generationConfig":{"temperature":1,"maxOutputTokens":1},${CONTENTS}}`,
  ],
])("a profile's parameters stand behind what %s states", (body, expected) => {
  expect(sent(body, { temperature: 0.5, max_tokens: 9 }).body).toBe(expected);
});

test("a form of the answer is taken whole, from one of the two", () => {
  const schema = '"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"}';
  const body = `{${CONTENTS},"generationConfig":{${schema}}}`;
  expect(sent(body, { response_format: { type: "json_object" } }).body).toBe(body);
});
