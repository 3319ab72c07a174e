import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { EXIT } from "../../src/cli/exit-codes.ts";
import { FLOORS } from "../support/floor-plan.ts";
import { projectFile } from "../support/generated.ts";

const pages = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(projectFile("docs")).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));

const read = (page: string) => readFileSync(projectFile(page), "utf8");

describe.each(pages)("%s", (page) => {
  it("links to files that are there", () => {
    const links = [...read(page).matchAll(/\]\(([^)#:]+)\)/g)].flatMap(([, link]) => link ?? []);
    const broken = links.filter((link) => !existsSync(path.join(path.dirname(projectFile(page)), link)));
    expect(broken).toEqual([]);
  });

  it("names npm scripts that exist", () => {
    const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].flatMap(([, name]) => name ?? []);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe("docs/architecture.md", () => {
  it("draws the floors that the architecture test checks", () => {
    const rows = [...read("docs/architecture.md").matchAll(/^\| (\d)(?:, pure)? \| ([^|]+) \|/gm)];
    const drawn = rows.flatMap(([, floor, rooms = ""]) =>
      [...rooms.matchAll(/`src\/(\w+)(?:\/|\.ts)`/g)].map(([, room]) => [room, Number(floor)]),
    );
    expect(Object.fromEntries(drawn)).toEqual(FLOORS);
  });
});

describe("README.md", () => {
  it("T13 tells every exit code", () => {
    const told = [...read("README.md").matchAll(/^\| (\d[\d, ]*) \|/gm)].flatMap(
      ([, codes]) => codes?.split(", ") ?? [],
    );
    expect(told.map(Number)).toEqual(Object.values(EXIT));
  });

  it("keeps the log of what happened on its first screen", () => {
    const screen = read("README.md").split("\n").slice(0, 30).join("\n");
    expect(screen).toContain("nexus: chain: fast: failed (503");
    expect(screen).toContain("nexus: answered by: llama3.2 @ ollama");
  });
});
