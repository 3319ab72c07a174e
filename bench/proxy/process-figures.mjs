// What the kernel knows about a process and its children: Linux only, from /proc.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** CPU time that a process and its children have used, in ms. */
export function cpuMs(pid) {
  return (
    sum(family(pid), (one) =>
      sum(readdirSync(`/proc/${one}/task`), (thread) =>
        Number(readFileSync(`/proc/${one}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
      ),
    ) / 1e6
  );
}

/** Memory that is resident now, in MB. */
export function residentMb(pid) {
  return sum(family(pid), (one) => statusNumber(one, "VmRSS")) / 1024;
}

/** How often a process has gone to sleep so far, and so been woken. */
export function sleeps(pid) {
  return sum(family(pid), (one) => statusNumber(one, "voluntary_ctxt_switches"));
}

/** Makes `peakMb` of a process begin anew. */
export function forgetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** The most memory that was resident at one time, in MB. */
export function peakMb(pid) {
  return sum(family(pid), (one) => statusNumber(one, "VmHWM")) / 1024;
}

function statusNumber(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}

function family(pid) {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

/** What ends meanwhile counts for nothing. */
function sum(items, of) {
  let total = 0;
  for (const item of items) {
    try {
      total += of(item);
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes(error.code)) throw error;
    }
  }
  return total;
}
