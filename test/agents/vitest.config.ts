import { defineConfig } from "vitest/config";

/** `npm run test:agents`: outside the gate, because it installs a gigabyte of agents. */
export default defineConfig({
  test: {
    include: ["test/agents/*.agents.ts"],
    env: { NEXUS_NO_DETECT: "1" },
    testTimeout: 300_000,
    hookTimeout: 900_000,
  },
});
