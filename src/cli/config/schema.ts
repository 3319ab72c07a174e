import { jsonSchema } from "../../config/schema.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../output/print.ts";

/** `config schema [config|profile]`. */
export async function printSchema({ app }: CommandContext, [file]: readonly string[]): Promise<number> {
  await printJson(app, jsonSchema(file === "profile" ? "profile" : "config"));
  return EXIT.ok;
}
