import { expect, it } from "vitest";
import { replay } from "./transcript.ts";

const stage = (says: string) => ({ backend: async () => {}, run: async () => says });

const page = (output: string) => `Before\n\n\`\`\`console\n$ ask\n${output}\`\`\`\n\nafter\n`;

it("puts what is printed now in the place of what was printed", async () => {
  expect(await replay(page("old\n"), stage("new\n"))).toBe(page("new\n"));
});

it("leaves output alone that differs in durations, ids and ports only", async () => {
  const stands = page("took 1.2 s, req_1a2b at http://127.0.0.1:4000\n");
  expect(await replay(stands, stage("took 0.9 s, req_9f at http://127.0.0.1:39121\n"))).toBe(stands);
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
