import { execFileSync, spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";

/**
 * What this machine offers: which tools are there, and the prefix that keeps a proxy and what loads it on cores of their
 * own. Throws, saying what to install, when the bench cannot run at all.
 */
export function lookAtMachine() {
  if (process.platform !== "linux")
    throw new Error("npm run bench reads CPU times from /proc: it runs on Linux only");
  const missing = [
    { tool: "wrk", args: ["-v"], install: "wrk" },
    { tool: "nginx", args: ["-v"], install: "nginx-light" },
  ].filter(({ tool, args }) => spawnSync(tool, args).error !== undefined);
  if (missing.length > 0) {
    const packages = missing.map(({ install }) => install).join(" ");
    throw new Error(
      `npm run bench needs ${missing.map(({ tool }) => tool).join(" and ")}: on Debian, RUNLEVEL=1 apt-get install -y --no-install-recommends ${packages}`,
    );
  }
  const pinned = availableParallelism() >= 2 && spawnSync("taskset", ["-V"]).error === undefined;
  const on = (core) => (command) => (pinned ? ["taskset", "-c", String(core), ...command] : command);
  return { pinned, onLoadCore: on(0), onProxyCore: on(1) };
}

/** One line on where and when the figures were taken. */
export function describeMachine({ pinned }) {
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"})`;
  const pins = pinned ? "proxy and load on a core each" : "nothing pinned";
  const nginx = spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr.trim().split("/").at(-1);
  return `Node ${process.versions.node}, nginx ${nginx}, ${cores}, ${pins}, load average ${loadavg()[0].toFixed(1)}, commit ${commit()}`;
}

function commit() {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    }).trim();
  } catch {
    return "unknown";
  }
}
