import { readFileSync } from "node:fs";
import { expect } from "vitest";
import * as z from "zod";
import { projectFile } from "../../support/generated.ts";

const schema: Parameters<typeof z.fromJSONSchema>[0] = JSON.parse(
  readFileSync(projectFile("docs/schemas/actionable-error.json"), "utf8"),
);
const published = z.fromJSONSchema(schema);
const body = z.object({ error: z.looseObject({ code: z.string(), context: z.unknown() }) });

/** The error of a 503 that says nobody could answer, once the published schema has found nothing wrong with it. */
export async function actionable(response: Response): Promise<z.infer<typeof body>["error"]> {
  const read: unknown = await response.json();
  expect([response.status, published.safeParse(read).error]).toEqual([503, undefined]);
  return body.parse(read).error;
}
