import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const page = readFileSync(path.join(import.meta.dirname, "../../docs/dependencies.md"), "utf8");

it.each([
  ["At run time", packageJson.dependencies],
  ["For development", packageJson.devDependencies],
])("docs/dependencies.md lists exactly what package.json has: %s", (heading, packages) => {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const listed = [...section.matchAll(/^- `([^`]+)`: /gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(packages).sort());
});
