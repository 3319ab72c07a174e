import { expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

it("A000-17 A001-28 every member is kept or ruled out: by which rule, with the value that was measured", async () => {
  const slow = { answer: "one two three four five six seven eight", chunkDelayMs: 1_000 };
  const members = {
    low: { ...(await backend()), record: { tier: 0 } },
    blind: { ...(await backend()), record: { models: [{ id: "m-blind", capabilities: ["tools"] }] } },
    small: { ...(await backend()), record: { models: [{ id: "m-small", context_length: 50 }] } },
    far: { ...(await backend()), record: { zone: "open" } },
    keyless: { ...(await backend()), record: { type: "openai", api_key_env: "NOT_SET", zone: "restricted" } },
    ill: await backend({ modelsSteps: ["500"] }),
    drained: await backend(),
    broken: await backend({ steps: ["503"] }),
    tired: await backend({ steps: ["429:retry-after=600"] }),
    full: { ...(await backend(slow)), record: { max_concurrent: 1 } },
    well: { ...(await backend()), record: { max_concurrent: 4 } },
  };
  const space = await failoverWorkspace(members, { circuit_breaker_failure_threshold: 1 });
  await space.profile("lb", {
    version: 1,
    type: "loadbalancer",
    policy: "failover",
    profiles: [...Object.keys(members), "gone"],
    settings: { circuit_breaker_failure_threshold: 1 },
  });
  const server = await serve(space);
  await space.nexus(["backend", "drain", "drained"]);
  await server.chat(asking("broken"));
  await server.chat(asking("tired"));
  const stream = await server.chat(asking("full", { stream: true }));
  await space.write(
    "request.json",
    JSON.stringify({
      model: "lb",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "word ".repeat(100) },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          ],
        },
      ],
    }),
  );
  const args = ["explain", "--file", "request.json", "--zone", "restricted", "--min-tier", "1"];
  const seen = async () => JSON.parse((await space.nexus([...args, "--json"])).stdout);
  await expect.poll(async () => (await seen()).candidates[5].rule).toBe("unhealthy");
  const { view, candidates } = await seen();
  expect(view).toBe("server");
  const why = (pattern: RegExp) => expect.stringMatching(pattern);
  expect(candidates).toMatchObject([
    { member: "low", rule: "tier", tier: 0, why: "backend low has tier 0, 1 is required" },
    {
      member: "blind",
      rule: "vision",
      why: why(/^m-blind on blind is stated to do tools; .* needs vision$/),
    },
    {
      member: "small",
      rule: "context",
      context_window: 50,
      why: why(/^the prompt has about \d{3} tokens; m-small on small takes 50$/),
    },
    { member: "far", rule: "zone", zone: "open", why: "backend far is in zone open, restricted is required" },
    { member: "keyless", rule: "auth", why: why(/NOT_SET/) },
    { member: "ill", rule: "unhealthy", why: why(/^backend ill is unhealthy: .*500/) },
    { member: "drained", rule: "draining", why: "backend drained is draining" },
    {
      member: "broken",
      rule: "circuit open",
      circuit: "open",
      back_in_ms: expect.any(Number),
      why: why(/^its circuit is open, next probe in (5 min|\d)/),
    },
    {
      member: "tired",
      rule: "cooling down",
      back_in_ms: expect.any(Number),
      why: why(/^it asked to be left alone, for another (10|9\.\d) min$/),
    },
    {
      member: "full",
      rule: "at capacity",
      in_flight: 1,
      max_concurrent: 1,
      why: "backend full has 1 of 1 requests under way",
    },
    { member: "well", usable: true, rule: null, why: null, in_flight: 0, circuit: "closed" },
    { member: "gone", rule: "config", why: why(/no such profile/) },
  ]);
  for (const one of candidates) expect(one.usable).toBe(one.member === "well");
  expect((await space.nexus(args)).stdout).toContain(
    "  1  well: m-well @ well (zone restricted, tier 1, 0 of 4 requests under way)\n",
  );
  await stream.body?.cancel();
});
