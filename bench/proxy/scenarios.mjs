import { nonstream } from "./scenarios/nonstream.mjs";
import { sse } from "./scenarios/sse.mjs";

/** What is measured, in order. Each has a `name`, a `title`, and `run(stage)`, which resolves to a table and its checks. */
export const SCENARIOS = [nonstream, sse];
