import { expect, onTestFinished, test } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { openTestWorld } from "../support/open-world.ts";

test("A001-10 A000-20 X-07 a local backend at capacity: its cloud sibling serves, also where waiting is allowed", async () => {
  const [local, cloud] = [await startMock({ steps: ["timeout"] }), await startMock()];
  const world = await openTestWorld({
    config: {
      backends: {
        cloud: { type: "openai", url: cloud.url, models: ["m"] },
        local: { type: "generic", url: local.url, models: ["m"], max_concurrent: 1 },
      },
      routing: { capacity_wait_ms: 60_000 },
    },
    profiles: {},
    env: { OPENAI_API_KEY: "sk-test" },
  });
  onTestFinished(async () => {
    await world.remove();
    await Promise.all([local.close(), cloud.close()]);
  });
  const target = { kind: "model", name: "m" } as const;
  const user = new AbortController();
  const first = world.chat("", { target }, user.signal);
  await local.nextRequest();
  const second = await world.chat("", { target });
  expect(second.chainLog).toEqual(["m@local: at capacity (skipped)", "m@cloud: success"]);
  expect(second).toMatchObject({ backend: "cloud", degraded: true, fallbackUsed: false });
  user.abort();
  await first;
  expect(local.chats).toHaveLength(1);
});
