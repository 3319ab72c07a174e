import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { backend } from "../e2e/support/backends.ts";
import { serve } from "../e2e/support/server.ts";
import { failoverWorkspace } from "../e2e/support/workspace.ts";
import { projectFile } from "../support/generated.ts";

const ANSWER = "Greet the reader first: héllo 世界 😀";

const [, CHAPTER = ""] =
  /^## Any client\n(.*?)^## /ms.exec(readFileSync(projectFile("docs/cookbook.md"), "utf8")) ?? [];

/** The pieces of the chapter in a language, under what stands before them: `With curl:`. */
function pieces(language: "sh" | "js"): readonly { readonly title: string; readonly piece: string }[] {
  return [...CHAPTER.matchAll(/^(With [^\n]*):\n\n```(\w+)\n(.*?)^```$/gms)].flatMap(
    ([, title = "", of, piece = ""]) => (of === language ? [{ title, piece }] : []),
  );
}

/** A server whose `failover-lb` has one that is overloaded before the one that answers. */
async function served() {
  const space = await failoverWorkspace({
    a: await backend({ steps: ["503"] }),
    b: await backend({ answer: ANSWER }),
  });
  const members = {
    version: 1,
    type: "loadbalancer",
    policy: "failover",
    profiles: ["a", "b"],
    settings: {},
  };
  await space.profile("failover-lb", members);
  const { url } = await serve(space);
  return { space, here: (piece: string) => piece.replaceAll("http://127.0.0.1:8642", url) };
}

describe("the cookbook's chapter about clients works as it stands", () => {
  it.each(pieces("js"))("$title", async ({ piece }) => {
    const { here } = await served();
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", here(piece)], {
      cwd: projectFile("."),
      env: { PATH: process.env["PATH"] },
    });
    expect((await run).stdout.trim()).toBe(ANSWER);
  });

  it.each(pieces("sh"))("$title", async ({ piece }) => {
    const { space, here } = await served();
    const { code, stdout } = await space.shell(here(piece));
    expect(code).toBe(0);
    expect(stdout).toContain(ANSWER);
  });

  it("leaves no program out", () => {
    const blocks = CHAPTER.match(/^```(sh|js)$/gm) ?? [];
    // The first one starts the server.
    expect(pieces("js").length + pieces("sh").length).toBe(blocks.length - 1);
  });
});
