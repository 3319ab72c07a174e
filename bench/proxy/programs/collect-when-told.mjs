// Loaded before a program that runs with --expose-gc: whenever its parent says so, it collects its garbage, and says when done.
import { setImmediate as nextTurn } from "node:timers/promises";

process.on("message", async () => {
  // What ends in this turn is garbage only in the next.
  for (let round = 0; round < 3; round++) {
    await nextTurn();
    globalThis.gc();
  }
  process.send("collected");
});
process.channel.unref();
