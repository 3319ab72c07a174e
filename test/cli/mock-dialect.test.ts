import { expect, test } from "vitest";
import { readFlags } from "../../src/cli/mock/flags.ts";

test("a scripted backend speaks the dialect that is named", async () => {
  expect(await readFlags({ dialect: "openai-responses" }, "/")).toEqual({ dialect: "openai-responses" });
});

test("a dialect that nobody speaks is refused with those there are", async () => {
  await expect(readFlags({ dialect: "openai-response" }, "/")).rejects.toMatchObject({
    message: expect.stringContaining("openai-responses"),
    hint: expect.stringContaining("openai-chat"),
  });
});
