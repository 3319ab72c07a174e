import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { projectFile } from "../support/generated.ts";
import type { SdkClient } from "./clients.ts";

/** One check of a script, and why it failed where it did. */
export interface Checked {
  readonly name: string;
  readonly failed?: string;
}

/** How a script is run: `only` or all but `skip` of its checks. */
export interface Selection {
  readonly only?: string;
  readonly skip?: string;
}

/** Runs the script of a client against a server. Throws when it did not come to its end. */
export async function runClient(
  client: SdkClient,
  url: string,
  model: string,
  { only, skip }: Selection,
): Promise<readonly Checked[]> {
  const skipped = [client.env?.["SKIP"], skip].filter((part) => part !== undefined).join("|");
  const env = {
    PATH: process.env["PATH"],
    ...client.env,
    EMBED_MODEL: model,
    ...(only !== undefined && { ONLY: only }),
    ...(skipped !== "" && { SKIP: skipped }),
  };
  const script = projectFile(`test/clients/sdk-${client.name}.mjs`);
  const child = spawn(process.execPath, [script, url, model], { env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const { passed, failed, lines } = read(out);
  if (lines.length !== passed + failed || lines.length === 0) throw new Error(`${out}\n${errors}`);
  return lines;
}

function read(out: string) {
  const lines = out.split("\n").flatMap((line): Checked[] => {
    const [, not, name, why] = /^(not )?ok (.*?)(?:: (\w.*))?$/.exec(line) ?? [];
    if (name === undefined) return [];
    return [not === undefined ? { name: line.slice(3) } : { name, failed: why ?? "" }];
  });
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ skipped$/m.exec(out) ?? [];
  return { lines, passed: Number(passed), failed: Number(failed) };
}
