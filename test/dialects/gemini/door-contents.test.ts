import { describe, expect, test } from "vitest";
import { UNSIGNED, wrapProof } from "../../../src/dialects/gemini/signature.ts";
import { accepted, messagesOf, refused } from "./door-fixtures.ts";

const call = (name: string, more: object = {}) => ({ functionCall: { name, args: { a: 1 }, ...more } });
const result = (name: string, response: object, more: object = {}) => ({
  functionResponse: { name, response, ...more },
});
const model = (...parts: readonly object[]) => ({ role: "model", parts });
const user = (...parts: readonly object[]) => ({ role: "user", parts });

describe("calls and their results", () => {
  test("X-05 without ids belong together by name, then by order", () => {
    const [made, results] = messagesOf(
      model(call("f"), call("g"), call("f")),
      user(result("g", { output: "G" }), result("f", { output: "F1" }), result("f", { output: "F2" })),
    );
    const [f1, g, f2] = made?.parts.map((part) => (part.type === "tool-call" ? part.id : "")) ?? [];
    expect(new Set([f1, g, f2]).size).toBe(3);
    expect(results).toEqual({
      role: "tool",
      parts: [
        { type: "tool-result", id: g, content: [{ type: "text", text: "G" }] },
        { type: "tool-result", id: f1, content: [{ type: "text", text: "F1" }] },
        { type: "tool-result", id: f2, content: [{ type: "text", text: "F2" }] },
      ],
    });
  });

  test("with ids belong together by id", () => {
    const [, results] = messagesOf(
      model(call("f", { id: "1" }), call("f", { id: "2" })),
      user(result("f", {}, { id: "2" }), result("f", {}, { id: "1" })),
    );
    expect(results?.parts).toMatchObject([{ id: "2" }, { id: "1" }]);
  });

  test("U79 an id that stands twice is made another, and its result is found", () => {
    const [first, , second, results] = messagesOf(
      model(call("f", { id: "1" })),
      user(result("f", {}, { id: "1" })),
      model(call("f", { id: "1" })),
      user(result("f", {}, { id: "1" })),
    );
    expect(first?.parts).toMatchObject([{ id: "1" }]);
    const [again] = second?.parts ?? [];
    const id = again?.type === "tool-call" ? again.id : "1";
    expect(id).not.toBe("1");
    expect(results?.parts).toMatchObject([{ id }]);
  });

  test("C39 a result without a call keeps its id, or gets one", () => {
    expect(messagesOf(user(result("f", {}, { id: "x" }), result("g", {})))[0]?.parts).toMatchObject([
      { id: "x" },
      { id: expect.stringMatching(/./) },
    ]);
  });

  test("what the user says beside results follows them", () => {
    expect(messagesOf(user({ text: "so" }, result("f", { output: "F" })))).toMatchObject([
      { role: "tool" },
      { role: "user", parts: [{ text: "so" }] },
    ]);
  });

  test.each([
    [{ output: "text" }, "text", undefined],
    [{ result: "text" }, "text", undefined],
    [{ output: [1] }, "[1]", undefined],
    [{ error: "broke" }, "broke", true],
    [{ temperature: 7 }, '{"temperature":7}', undefined],
    [{ output: "a", error: "b" }, '{"output":"a","error":"b"}', undefined],
  ])("the response %j is %j, failed: %s", (response, text, failed) => {
    const [message] = messagesOf(user(result("f", response)));
    expect(message?.parts[0]).toMatchObject({ content: [{ type: "text", text }] });
    expect(message?.parts[0]).toHaveProperty(failed ? "failed" : "content");
  });

  test("a result may bring pictures, and say nothing", () => {
    const parts = [{ inlineData: { mimeType: "image/png", data: "aGk=" } }];
    expect(messagesOf(user({ functionResponse: { name: "f", parts } }))[0]?.parts[0]).toMatchObject({
      content: [{ type: "image", media: "image/png", data: "aGk=" }],
    });
  });

  test("a call has no arguments, or an object", () => {
    expect(messagesOf(model({ functionCall: { name: "f" } }))[0]?.parts).toMatchObject([{ arguments: "{}" }]);
    const wrong = [
      ["functionCall", model({ functionCall: 1 })],
      ["functionCall.args", model({ functionCall: { name: "f", args: 1 } })],
      ["functionCall.name", model({ functionCall: {} })],
      ["functionResponse", user({ functionResponse: 1 })],
      ["functionResponse.response", user({ functionResponse: { name: "f", response: 1 } })],
    ] as const;
    for (const [where, turn] of wrong)
      expect(refused({ contents: [turn] }).param).toBe(`contents[0].parts[0].${where}`);
  });
});

describe("what a model thought", () => {
  const own = { dialect: "gemini", data: "c2ln" } as const;
  const theirs = { dialect: "anthropic", data: "dGhlaXJz", id: "i", redacted: true } as const;
  const partsOf = (...parts: readonly object[]) => messagesOf(model(...parts))[0]?.parts;

  test("is proven by the signature on what follows it", () => {
    expect(partsOf({ text: "hm", thought: true }, { text: "yes", thoughtSignature: "c2ln" })).toEqual([
      { type: "reasoning", text: "hm", proof: own },
      { type: "text", text: "yes" },
    ]);
    expect(partsOf({ text: "yes" }, { text: "", thoughtSignature: "c2ln" })).toEqual([
      { type: "text", text: "yes" },
      { type: "reasoning", text: "", proof: own },
    ]);
    expect(partsOf({ text: "hm", thought: true, thought_signature: "c2ln" })).toEqual([
      { type: "reasoning", text: "hm", proof: own },
    ]);
  });

  test("stays apart from a call's own signature", () => {
    expect(partsOf({ text: "hm", thought: true }, { ...call("f"), thoughtSignature: "c2ln" })).toMatchObject([
      { type: "reasoning", text: "hm" },
      { type: "tool-call", proof: own },
    ]);
  });

  test("without a signature has no proof", () => {
    expect(partsOf({ text: "hm", thought: true })).toEqual([{ type: "reasoning", text: "hm" }]);
  });

  test("for another provider comes back with its text, and must not go to Google as it is", () => {
    const thoughtSignature = wrapProof({ text: "hm", proof: theirs });
    const read = accepted({
      contents: [model({ text: "hm", thought: true }, { ...call("f"), thoughtSignature })],
    });
    expect(read.request.messages[0]?.parts).toMatchObject([
      { type: "reasoning", text: "hm", proof: theirs },
      { type: "tool-call" },
    ]);
    expect(read.request.messages[0]?.parts[1]).not.toHaveProperty("proof");
    expect(read.reframed).toBe(true);
  });

  test.each([
    UNSIGNED,
    "",
    Buffer.from("nexus:{").toString("base64"),
    Buffer.from('nexus:{"dialect":"x","data":"d"}').toString("base64"),
  ])("the signature %j proves nothing", (thoughtSignature) => {
    expect(partsOf({ text: "yes", thoughtSignature })).toEqual([{ type: "text", text: "yes" }]);
  });
});

describe("media", () => {
  const read = (part: object) => accepted({ contents: [user({ text: "see" }, part)] });
  const inline = (mimeType: string, data = "aGk=") => ({ inlineData: { mimeType, data } });
  const file = (fileUri: string, mimeType = "image/png") => ({ fileData: { fileUri, mimeType } });

  test("a picture in the request, also in the alphabet for addresses", () => {
    expect(read(inline("image/PNG", "-_-_")).request.messages[0]?.parts[1]).toEqual({
      type: "image",
      media: "image/png",
      data: "+/+/",
    });
  });

  test("a picture by its address", () => {
    expect(read(file("https://example.org/a.png")).request.messages[0]?.parts[1]).toEqual({
      type: "image",
      data: "https://example.org/a.png",
    });
  });

  test.each([
    [inline("application/pdf"), "inlineData"],
    [file("https://generativelanguage.googleapis.com/v1beta/files/x"), "fileData"],
    [file("https://example.org/a.mp4", "video/mp4"), "fileData"],
    [file("gs://bucket/a.png"), "fileData"],
    [{ executableCode: { code: "1" } }, "executableCode"],
  ])("%j is for Google alone", (part, name) => {
    expect(read(part).gaps).toEqual([{ field: `contents[0].parts[1].${name}`, harmless: false }]);
  });

  test("what stands beside a film is no gap of its own", () => {
    expect(read({ ...inline("video/mp4"), videoMetadata: {} }).gaps).toHaveLength(1);
  });

  test.each([
    [{ inlineData: 1 }, "inlineData", "invalid_request"],
    [inline("image/svg+xml"), "inlineData.mimeType", "invalid_request"],
    [inline("image/png", "?"), "inlineData.data", "invalid_request"],
    [{ fileData: 1 }, "fileData", "invalid_request"],
    [file("file:///etc/passwd"), "fileData.fileUri", "image_url_forbidden"],
  ])("C43 C47 %j is refused", (part, where, code) => {
    const contents = [user({ text: "see" }, part)];
    expect(refused({ contents })).toMatchObject({ param: `contents[0].parts[1].${where}`, code });
  });
});

test("system text stands in a string, too, and an empty one says nothing", () => {
  const contents = [user({ text: "hi" })];
  const systemOf = (systemInstruction: unknown) =>
    accepted({ systemInstruction, contents }).request.messages.filter(({ role }) => role === "system");
  expect(systemOf("brief")).toEqual([{ role: "system", parts: [{ type: "text", text: "brief" }] }]);
  expect(systemOf({ parts: [] })).toEqual([]);
});
