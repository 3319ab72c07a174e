import { failover } from "./scenarios/failover.mjs";
import { memory } from "./scenarios/memory.mjs";
import { nonstream } from "./scenarios/nonstream.mjs";
import { paced } from "./scenarios/paced.mjs";
import { parts } from "./scenarios/parts.mjs";
import { sse } from "./scenarios/sse.mjs";
import { startup } from "./scenarios/startup.mjs";

/** What is measured, in order. Each has a `name`, a `title`, and `run(stage)`, which resolves to a table and its checks. */
export const SCENARIOS = [nonstream, sse, paced, failover, startup, memory, parts];
