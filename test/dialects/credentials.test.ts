import { expect, test } from "vitest";
import { credentialInQuery, withoutCredential } from "../../src/dialects/credentials.ts";

test.each([
  ["/v1beta/models?key=a%20b", "a b"],
  ["/v1beta/models/m:generateContent?alt=sse&key=abc", "abc"],
  ["/v1beta/models?key=%zz", "%zz"],
  ["/v1beta/models?monkey=a", undefined],
  ["/v1/models?key=abc", undefined],
])("C70 the key of %s is %s", (target, key) => {
  expect(credentialInQuery(target)).toBe(key);
});

test("C70 a key is shown nowhere, at no door", () => {
  expect(withoutCredential("/v1/models?key=abc&alt=sse&key=def")).toBe("/v1/models?key=…&alt=sse&key=…");
});
