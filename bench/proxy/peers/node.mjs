import path from "node:path";
import { freePort, start } from "../children.mjs";

/** A peer written in plain Node: `programs/<name>.mjs`. */
export function nodePeer(name) {
  return async ({ work, machine }, { origin, prefix }) => {
    const port = await freePort();
    const program = path.join(import.meta.dirname, "..", "programs", `${name}.mjs`);
    const child = start(name, machine.onProxyCore([process.execPath, program, String(port), origin]), {
      work,
      env: { NODE_ENV: "production" },
    });
    return { child, url: `http://127.0.0.1:${port}${prefix}/v1/chat/completions` };
  };
}
