import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readPrompt } from "../../src/cli/chat/prompt.ts";
import type { StdinKind } from "../../src/cli/chat/stdin.ts";
import { type FakeClock, fakeClock, settle } from "../support/fake-clock.ts";

function reading(words: readonly string[], kind: StdinKind, clock: FakeClock = fakeClock()) {
  const stream = new PassThrough();
  const said: string[] = [];
  const stop = new AbortController();
  const prompt = readPrompt(
    { words, skipStdin: false, required: true, stdin: () => ({ kind, stream }) },
    { clock, signal: stop.signal, say: (text) => said.push(text) },
  );
  return { stream, said, stop, prompt, clock };
}

describe("T9 how long stdin is waited for", () => {
  it("a socket beside a prompt: 500 ms for its first byte, and nothing listens any more", async () => {
    const { clock, prompt, said, stream } = reading(["q"], "socket");
    await clock.advance(500);
    expect(await prompt).toBe("q");
    expect(said).toEqual(["nothing came on stdin, going on without it"]);
    expect([stream.listenerCount("data"), stream.listenerCount("end"), clock.pending()]).toEqual([0, 0, 0]);
  });

  it("a socket whose first byte came in time is read to its end", async () => {
    const { clock, prompt, stream } = reading(["q"], "socket");
    stream.write("con");
    await settle();
    await clock.advance(1_500);
    stream.end("text");
    expect(await prompt).toBe("context\n\nq");
  });

  it("a pipe is waited for without limit, with one note after 2 s", async () => {
    const { clock, prompt, said, stream } = reading(["q"], "pipe");
    await clock.advance(60_000);
    expect(said).toEqual(["waiting for stdin; -n to skip"]);
    stream.end("late\n");
    expect(await prompt).toBe("late\n\nq");
  });

  it("T12 a terminal without words is a usage error at once", async () => {
    await expect(reading([], "terminal").prompt).rejects.toMatchObject({ kind: "usage", code: "no_prompt" });
  });

  it("an abort ends the wait", async () => {
    const { prompt, stop, clock } = reading([], "pipe");
    stop.abort();
    expect(await prompt).toBeUndefined();
    expect(clock.pending()).toBe(0);
  });
});

describe("T8 what stands for stdin", () => {
  it("- between other words is a word like any other", async () => {
    expect(await reading(["what", "is", "3", "-", "2"], "none").prompt).toBe("what is 3 - 2");
  });

  it("- as the first or the last word is not part of the prompt", async () => {
    for (const words of [
      ["-", "sum", "up"],
      ["sum", "up", "-"],
    ]) {
      const { stream, prompt } = reading(words, "pipe");
      stream.end("a report\n");
      expect(await prompt).toBe("a report\n\nsum up");
    }
  });
});
