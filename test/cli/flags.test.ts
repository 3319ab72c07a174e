import { describe, expect, it } from "vitest";
import { mediaType } from "../../src/cli/chat/attachments.ts";
import { readParams } from "../../src/cli/chat/flags.ts";
import { jsonMode } from "../../src/cli/output/failure-report.ts";
import { table } from "../../src/cli/output/print.ts";
import { fakeApp } from "./support/fake-app.ts";

it("--set values are JSON where they parse, else text; the last of a name wins", () => {
  expect(readParams(["temperature=0.2", 'stop=["END"]', "user=ann", "q=a=b", "user=bob"])).toEqual({
    temperature: 0.2,
    stop: ["END"],
    user: "bob",
    q: "a=b",
  });
});

it("T16 the JSON mode is known from a line that cannot be parsed, and not from a prompt after --", () => {
  expect(jsonMode(["chat", "--nope", "--json"])).toBe("json");
  expect(jsonMode(["chat", "--ndjson", "x"])).toBe("ndjson");
  expect(jsonMode(["chat", "--", "--json"])).toBeUndefined();
});

it("images are known by their first bytes", () => {
  const type = (text: string) => mediaType(Buffer.from(text, "latin1"));
  expect(type("\x89PNG\r\n\x1a\nrest")).toBe("image/png");
  expect(type("\xff\xd8\xff\xe0")).toBe("image/jpeg");
  expect(type("GIF89a")).toBe("image/gif");
  expect(type("RIFF....WEBPVP8 ")).toBe("image/webp");
  expect(type("<svg>")).toBeUndefined();
});

describe("T26 tables", () => {
  const rows = [
    ["fast", "gpt-4o-mini"],
    ["a-long-name", "m"],
  ];
  it("have no header in a pipe and cut nothing", async () => {
    const { app, stdout } = fakeApp();
    await table(app, rows, ["NAME", "MODEL"]);
    expect(stdout()).toBe("fast         gpt-4o-mini\na-long-name  m\n");
  });

  it("have one on a terminal", async () => {
    const { app, stdout } = fakeApp({ stdoutIsTty: true });
    await table(app, rows, ["NAME", "MODEL"]);
    expect(stdout().split("\n")[0]).toBe("NAME         MODEL");
  });
});
