import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, start } from "../children.mjs";

const PROGRAM = path.join(import.meta.dirname, "../../../bin/nexus.js");

/**
 * `nexus serve` as it is shipped, on a configuration of its own. The model that is asked for is a profile over one backend,
 * which knows it by another name. The log goes to a file, as JSON, one line a request; the history is kept.
 */
export function nexusPeer(stage, upstream) {
  const profiles = { "gpt-4o-mini": modelProfile("box") };
  return serveNexus(stage, { backends: { box: backend(upstream) }, profiles });
}

/**
 * Runs `nexus serve` over backends and profiles by name. `health` false turns the health checks off, which would keep a
 * backend from being asked that is known to fail. `nodeArgs` stand before the program.
 */
export async function serveNexus({ work, machine }, { backends, profiles, health = true, nodeArgs = [] }) {
  const home = mkdtempSync(path.join(work, "nexus-"));
  mkdirSync(path.join(home, "profiles"));
  const config = { backends, ...(!health && { health: { enabled: false } }) };
  writeFileSync(path.join(home, "config.json"), JSON.stringify(config));
  for (const [name, profile] of Object.entries(profiles))
    writeFileSync(path.join(home, "profiles", `${name}.json`), JSON.stringify(profile));
  const port = await freePort();
  const command = [
    process.execPath,
    ...nodeArgs,
    PROGRAM,
    "serve",
    "--port",
    String(port),
    "--log-format",
    "json",
  ];
  const child = start("nexus", machine.onProxyCore(command), {
    work,
    ipc: nodeArgs.length > 0,
    env: {
      ...Object.fromEntries(ofTheUser().map((name) => [name, undefined])),
      NEXUS_CONFIG_DIR: home,
      NEXUS_STATE_DIR: home,
      NEXUS_NO_DETECT: "1",
    },
  });
  return { child, url: `http://127.0.0.1:${port}/v1/chat/completions` };
}

/** A backend of the configuration. */
export function backend({ origin, prefix }) {
  return { type: "generic", url: `${origin}${prefix}/v1`, models: ["gpt-4o-mini-real"] };
}

/** A profile for one model of one backend. */
export function modelProfile(backendName) {
  return { version: 1, type: "model", backend: backendName, model: "gpt-4o-mini-real", params: {} };
}

/** What would make nexus do something else. */
function ofTheUser() {
  return Object.keys(process.env).filter((name) => /^NEXUS_|_API_KEY$/.test(name));
}
