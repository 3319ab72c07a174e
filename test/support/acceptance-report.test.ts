import { describe, expect, it } from "vitest";
import { acceptancePage, readFacts, unknownIds } from "./acceptance-report.ts";

const groups = readFacts(
  "# Facts\nintro\n\n## A000 Chains\n- A000-01 in order.\n- A000-02 linear.\n\n## X All\n- X-01 one job.\n",
);

describe("the page of facts", () => {
  it("lists each fact with the tests that name it, and a dash where none does", () => {
    const page = acceptancePage(groups, [
      { file: "test/b.test.ts", title: "second X-01 A000-01 works" },
      { file: "test/a.test.ts", title: "A000-01 works" },
    ]);
    expect(page).toContain(
      "- **A000-01** in order.\n  - A000-01 works (`test/a.test.ts`)\n  - second X-01 A000-01 works (`test/b.test.ts`)",
    );
    expect(page).toContain("- **A000-02** linear.\n  - —");
  });

  it("is the same in whatever order the tests ran", () => {
    const tests = ["X-01 c", "X-01 a", "A000-02 b"].map((title) => ({ file: "test/a.test.ts", title }));
    expect(acceptancePage(groups, tests)).toBe(acceptancePage(groups, [...tests].reverse()));
  });

  it("counts what a table runs many times", () => {
    const tests = Array.from({ length: 30 }, (_, at) => ({
      file: "test/t.test.ts",
      title: `X-01 case ${at}`,
    }));
    expect(acceptancePage(groups, tests)).toContain("X-01 case 0, and 29 more like it (`test/t.test.ts`)");
  });

  it("notices an id that no fact has", () => {
    expect(unknownIds(groups, [{ file: "test/a.test.ts", title: "A000-99 and X-01" }])).toEqual(["A000-99"]);
  });
});
