import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_FOREIGN_TEXT, oneLine, redact } from "../../src/core/text.ts";

describe("text from elsewhere", () => {
  test("U33 a page of HTML becomes what a person would read of it", () => {
    expect(
      oneLine(
        "<html><head><title>x</title><style>b{}</style></head><body><h1>502</h1>\nBad gateway</body></html>",
      ),
    ).toBe("502 Bad gateway");
  });

  test("U90 whatever it is, it becomes one line without control characters, of bounded length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect([...line].length).toBeLessThanOrEqual(MAX_FOREIGN_TEXT);
      }),
    );
  });

  test("A001-05 a secret is taken out as it stands, URL-escaped and JSON-escaped", () => {
    const secret = 'sk-"a/b"+c';
    const text = `Bearer ${secret} ?key=${encodeURIComponent(secret)} ${JSON.stringify({ secret })}`;
    expect(redact(text, [secret])).toBe('Bearer [redacted] ?key=[redacted] {"secret":"[redacted]"}');
    expect(redact("plain", [""])).toBe("plain");
  });
});
