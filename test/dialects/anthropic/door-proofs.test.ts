import fc from "fast-check";
import { expect, test } from "vitest";
import { DIALECT_NAMES } from "../../../src/core/backend.ts";
import type { Proof } from "../../../src/core/chat.ts";
import {
  isForeign,
  readCallId,
  readSignature,
  writeCallId,
  writeSignature,
} from "../../../src/dialects/anthropic/door-proofs.ts";

const text = fc.string({ minLength: 1, unit: "grapheme" });
const foreign: fc.Arbitrary<Proof> = fc.oneof(
  fc.record({
    dialect: fc.constantFrom(...DIALECT_NAMES.filter((name) => name !== "anthropic")),
    data: text,
  }),
  fc.record({ dialect: fc.constant("openai-responses" as const), data: text, id: text }),
);

test("proofs of others come back as they were, and are marked", () => {
  fc.assert(
    fc.property(foreign, (proof) => {
      expect(isForeign(writeSignature(proof))).toBe(true);
      expect(readSignature(writeSignature(proof))).toEqual(proof);
    }),
  );
});

test("Anthropic's own stay as they are", () => {
  const proof = { dialect: "anthropic", data: "EqQBCgIYAhIM" } as const;
  expect(writeSignature(proof)).toBe("EqQBCgIYAhIM");
  expect(readSignature("EqQBCgIYAhIM")).toEqual(proof);
  expect(isForeign("EqQBCgIYAhIM")).toBe(false);
});

test.each(["", "nexus:", "nexus:{}", "nexus:klingon", writeSignature(undefined)])(
  "%j proves nothing",
  (signature) => {
    expect(readSignature(signature)).toBeUndefined();
  },
);

test("ids come back as they were, with what proves the call, and hold only what Anthropic takes", () => {
  fc.assert(
    fc.property(text, fc.option(foreign, { nil: undefined }), (id, proof) => {
      const call = { id, ...(proof !== undefined && { proof }) };
      expect(writeCallId(call)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(readCallId(writeCallId(call))).toEqual(call);
    }),
  );
});

test.each(["toolu_01A", "call_1", "a__nexus_", "a__nexus_e30", "a__nexus_!!"])(
  "%s is an id like others",
  (id) => {
    expect(readCallId(id)).toEqual({ id });
  },
);

test("an id that could be sent as it is stays", () => {
  expect(writeCallId({ id: "toolu_01A-b" })).toBe("toolu_01A-b");
});
