import { expect, it } from "vitest";
import { replay } from "./transcript.ts";

const stage = (says: string) => ({ backend: async () => {}, run: async () => says });

const page = (output: string) => `Before\n\n\`\`\`console\n$ ask\n${output}\`\`\`\n\nafter\n`;

it("puts what is printed now in the place of what was printed", async () => {
  expect(await replay(page("old\n"), stage("new\n"))).toBe(page("new\n"));
});

it("leaves output alone that differs in times, ids and ports only, and in the room they take in a column", async () => {
  const stands = page("took 1.2 s   req_1a2b at http://127.0.0.1:4000 on 2026-11-21 06:47:59\n");
  const now = "took 125 ms  req_9f at http://127.0.0.1:39121 on 2027-01-01 00:00:01\n";
  expect(await replay(stands, stage(now))).toBe(stands);
});

it("runs commands over several lines as one, and each command of a block apart", async () => {
  const commands: string[] = [];
  const run = async (command: string) => {
    commands.push(command);
    return `${commands.length}\n`;
  };
  const text = await replay("```console\n$ one \\\n> more\n1\n$ two\n```\n", {
    backend: async () => {},
    run,
  });
  expect(commands).toEqual(["one \\\nmore", "two"]);
  expect(text).toBe("```console\n$ one \\\n> more\n1\n$ two\n2\n```\n");
});
