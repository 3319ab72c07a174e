import { expect, it } from "vitest";
import { targetOf } from "../../src/server/target.ts";

it.each([
  ["/v1/models", "/v1/models"],
  ["http://127.0.0.1:8642/v1/models?x=1", "/v1/models?x=1"],
  ["HTTP://127.0.0.1:8642/v1/models", "/v1/models"],
  ["http://127.0.0.1:86420/v1/models", "http://127.0.0.1:86420/v1/models"],
  ["http://127.0.0.1:8642@evil.example/v1/models", "http://127.0.0.1:8642@evil.example/v1/models"],
  ["http://evil.example/v1/models", "http://evil.example/v1/models"],
])("C63 of the target %s the path is %s", (url, path) => {
  expect(targetOf({ url, headers: { host: "127.0.0.1:8642" } })).toBe(path);
});
