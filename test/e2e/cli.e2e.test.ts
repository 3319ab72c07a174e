import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { workspace } from "./support/workspace.ts";

const GROUPS = ["profile", "backend", "key", "config"];

async function listed(stdout: string): Promise<readonly string[]> {
  const [, commands = ""] = /\nCommands:\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
  return [...commands.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = ""]) => name);
}

describe("T17 help and version", () => {
  it("-V prints one line", async () => {
    const space = await workspace();
    for (const flag of ["-V", "--version"]) {
      expect(await space.nexus([flag])).toMatchObject({
        code: 0,
        stdout: `${packageJson.version}\n`,
        stderr: "",
      });
    }
  });

  it("nexus alone shows the help", async () => {
    const space = await workspace();
    const bare = await space.nexus([]);
    const asked = await space.nexus(["--help"]);
    expect(bare).toMatchObject({ code: 0, stderr: "" });
    expect(bare.stdout).toBe(asked.stdout);
    expect(bare.stdout).toContain("Examples:");
  });

  it("every command has help on stdout with an example and a way to the exit codes", async () => {
    const space = await workspace();
    const top = await listed((await space.nexus(["--help"])).stdout);
    expect(top).toContain("chat");
    const nested = await Promise.all(
      top
        .filter((name) => GROUPS.includes(name))
        .map(async (group) => {
          const names = await listed((await space.nexus([group, "--help"])).stdout);
          return names.filter((name) => name !== "help").map((name) => [group, name]);
        }),
    );
    for (const command of [...top.map((name) => [name]), ...nested.flat()]) {
      const run = await space.nexus([...command, "-h"]);
      expect([command, run.code, run.stderr]).toEqual([command, 0, ""]);
      expect(run.stdout).toMatch(/^Usage: nexus /);
      expect([command, /\nExamples?:/.test(run.stdout)]).toEqual([command, true]);
      expect(run.stdout).toContain("nexus help exit-codes");
    }
  });

  it("a group alone shows its help", async () => {
    const space = await workspace();
    expect(await space.nexus(["backend"])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringContaining("Usage: nexus backend"),
    });
  });

  it("help COMMAND is its --help", async () => {
    const space = await workspace();
    const page = await space.nexus(["help", "backend", "add"]);
    expect(page.code).toBe(0);
    expect(page.stdout).toBe((await space.nexus(["backend", "add", "--help"])).stdout);
  });
});

describe("T17, T25 a wrong command line: stderr, a suggestion, exit 2", () => {
  it.each([
    [["chta"], "unknown command 'chta' (did you mean chat?)"],
    [["chat", "--profil", "x"], "unknown option '--profil' (did you mean --profile?)"],
    [["--colour=always"], "unknown option '--colour=always'"],
    [["chat", "--color", "pink", "x"], "Allowed choices are auto, always, never."],
    [["chat", "-p"], "option '-p, --profile <name>' argument missing"],
    [["help", "exit-code"], 'there is no help on "exit-code" (did you mean exit-codes?)'],
    [["backend", "lsit"], "unknown command 'lsit' (did you mean list?)"],
  ])("%j", async (args, message) => {
    const space = await workspace();
    const run = await space.nexus(args);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^nexus: /);
    expect(run.stderr).toContain(message);
    expect(run.stderr.trimEnd().split("\n")).toHaveLength(2);
  });
});

describe("T13 pages", () => {
  it("help exit-codes has every code", async () => {
    const space = await workspace();
    const { code, stdout } = await space.nexus(["help", "exit-codes"]);
    expect(code).toBe(0);
    const codes = [...stdout.matchAll(/^ {2,4}(\d+) {2}\S/gm)].map(([, number]) => Number(number));
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 130, 143]);
  });

  it("help environment has the variables", async () => {
    const space = await workspace();
    const { code, stdout } = await space.nexus(["help", "environment"]);
    expect(code).toBe(0);
    for (const name of ["NEXUS_PROFILE", "NEXUS_CONFIG_DIR", "OPENAI_API_KEY", "HTTPS_PROXY", "NO_COLOR"]) {
      expect(stdout).toContain(`  ${name} `);
    }
  });
});

describe("T18 global flags stand before and after the command, with = or a space", () => {
  it.each([
    [["--config-dir", "elsewhere", "profile", "list"]],
    [["profile", "list", "--config-dir", "elsewhere"]],
    [["profile", "list", "--config-dir=elsewhere", "-q"]],
  ])("%j", async (args) => {
    const space = await workspace();
    await space.write(
      "elsewhere/profiles/found.json",
      '{"version":1,"type":"model","backend":"openai","model":"m"}',
    );
    const run = await space.nexus(args);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("found");
  });

  it("short flags may be joined", async () => {
    const space = await workspace();
    const run = await space.nexus(["chat", "-nq", "x"]);
    expect(run.code).toBe(3);
  });
});

describe("T16 errors of any command are JSON where it is asked for", () => {
  it("a usage error", async () => {
    const space = await workspace();
    const run = await space.nexus(["profile", "list", "--json", "--nope"]);
    expect(run).toMatchObject({ code: 2, stderr: "" });
    expect(JSON.parse(run.stdout).error).toMatchObject({ name: "UsageError", code: "usage" });
  });
});

it("T5 help in a pipe whose reader is gone is quiet", async () => {
  const space = await workspace();
  const run = await space.shell("{ nexus --help; echo rc=$? >&2; } | true");
  expect(run.stderr).toBe("rc=0\n");
});

it("S14 help to a full device says so, exit 1", async () => {
  const space = await workspace();
  const run = await space.shell("nexus --help > /dev/full");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("cannot write to standard output");
});
