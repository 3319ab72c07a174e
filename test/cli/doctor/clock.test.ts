import { expect, it } from "vitest";
import { checkClock } from "../../../src/cli/doctor/surroundings.ts";

it("a clock that agrees within what a header can tell is right", () => {
  expect(checkClock([-900, 400, 20_000])).toMatchObject([{ level: "ok" }]);
});

it.each([
  [[600_000], "10 min behind the backends'"],
  [[-3_600_000, -3_600_500], "60 min ahead of the backends'"],
])("ahead by %j ms: %s", (ahead, text) => {
  expect(checkClock(ahead)).toMatchObject([
    {
      level: "warning",
      text: expect.stringContaining(text),
      fix: expect.stringMatching(/clock|timedatectl/),
    },
  ]);
});

it("one backend with a wrong clock among three is outvoted", () => {
  expect(checkClock([0, 900_000, -500])).toMatchObject([{ level: "ok" }]);
});

it("nothing was told: nothing is claimed", () => {
  expect(checkClock([])).toMatchObject([{ level: "ok", text: expect.stringContaining("not compared") }]);
});
