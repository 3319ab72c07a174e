import { expect, it } from "vitest";
import { actionableErrorSchema } from "../../src/server/actionable-error.ts";
import { projectFile } from "../support/generated.ts";

it("A001-26 actionable-error.json is what bodies of 503 are checked by (after a change: npm run docs)", async () => {
  const schema = `${JSON.stringify(actionableErrorSchema(), null, 2)}\n`;
  await expect(schema).toMatchFileSnapshot(projectFile("docs/schemas/actionable-error.json"));
});
