import fc from "fast-check";
import { expect, test } from "vitest";
import { frameLines } from "../../src/upstream/event-stream.ts";

const LINES = ['{"a":1}', '{"b":"é"}', '{"c":[]}'];

test("lines of JSON are the same wherever their text is split, with or without a last line break", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), fc.constantFrom("\n", "\r\n"), fc.boolean(), (cuts, eol, ended) => {
      const text = LINES.join(eol + eol) + (ended ? eol : "");
      const at = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
      const framer = frameLines();
      const framed = at.slice(1).flatMap((end, index) => framer.feed(text.slice(at[index], end)));
      expect([...framed, ...framer.end()].map(({ data }) => data)).toEqual(LINES);
    }),
  );
});

test("a line that does not end is trouble once it is larger than 8 MiB", () => {
  const framer = frameLines();
  framer.feed("x".repeat(8 * 1_048_576));
  expect(framer.trouble()).toBeUndefined();
  framer.feed("x");
  expect(framer.trouble()).toBe("a line is larger than 8 MiB");
});
