import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, start } from "../children.mjs";

const VERSION = "1.15.2";
// Not a dependency of the project: only who runs the bench gets it, out of the way.
const HOME = path.join(import.meta.dirname, "../../../node_modules/.cache/nexus-bench", `portkey-${VERSION}`);
const PROGRAM = path.join(HOME, "node_modules/@portkey-ai/gateway/build/start-server.js");

/** Portkey's gateway, a proxy for LLMs that is widely used. Installed the first time; throws when it cannot be. */
export async function portkeyPeer({ work, machine }, { origin, prefix }) {
  if (!existsSync(PROGRAM)) install();
  const port = await freePort();
  const child = start(
    "portkey",
    machine.onProxyCore([process.execPath, PROGRAM, `--port=${port}`, "--headless"]),
    { work, env: { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "localhost,127.0.0.1" } },
  );
  const headers = { "x-portkey-provider": "openai", "x-portkey-custom-host": `${origin}${prefix}/v1` };
  return { child, url: `http://127.0.0.1:${port}/v1/chat/completions`, headers };
}

function install() {
  mkdirSync(HOME, { recursive: true });
  const project = {
    private: true,
    dependencies: { "@portkey-ai/gateway": VERSION },
    // With a newer one it answers no stream.
    overrides: { "@hono/node-server": "1.13.8" },
  };
  writeFileSync(path.join(HOME, "package.json"), JSON.stringify(project));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", HOME], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}
