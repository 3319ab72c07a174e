import type { App } from "./cli/app.ts";
import { runProgram } from "./cli/program.ts";

const app: App = {
  env: process.env,
  cwd: process.cwd(),
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  clock: {
    now: () => performance.timeOrigin + performance.now(),
    after(ms, fn) {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
  },
  chance: Math.random,
  onSignal(signal, heard) {
    process.on(signal, heard);
    return () => process.off(signal, heard);
  },
  exitNow: (code) => process.exit(code),
};

process.exitCode = await runProgram(process.argv.slice(2), app);
