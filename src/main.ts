import type { App } from "./cli/app.ts";
import { runProgram } from "./cli/program.ts";
import { Problem } from "./core/problem.ts";
import { REAL_CLOCK } from "./time/real-clock.ts";

const app: App = {
  env: process.env,
  get cwd() {
    return workingDirectory();
  },
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  clock: REAL_CLOCK,
  chance: Math.random,
  pid: process.pid,
  uid: process.getuid?.(),
  onSignal(signal, heard) {
    process.on(signal, heard);
    return () => process.off(signal, heard);
  },
  onUncaught(heard) {
    // Of rejections, too.
    process.on("uncaughtException", heard);
    return () => process.off("uncaughtException", heard);
  },
  onEnd(heard) {
    process.on("exit", heard);
    return () => process.off("exit", heard);
  },
  exitNow: (code) => process.exit(code),
};

// A write beyond the limit on the size of files (`ulimit -f`) is an error that can be told: Node ignores the signal. But
// the package that locks hears it, and ends the process when nobody else does. Not heard before that: when its last
// listener goes, at the end, the signal kills, and a database may still have something to write there.
process.on("newListener", function joinIn(signal) {
  if (signal !== "SIGXFSZ") return;
  process.off("newListener", joinIn);
  process.on("SIGXFSZ", () => {});
});

/** Asked for only when it is needed: it may be gone, and most commands work without one. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw new Problem(
      "io",
      "no_working_directory",
      "the working directory does not exist any more",
      "cd elsewhere",
    );
  }
}

process.exitCode = await runProgram(process.argv.slice(2), app);
