import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { stop } from "./children.mjs";
import { nexusPeer } from "./peers/nexus.mjs";
import { nginxPeer } from "./peers/nginx.mjs";
import { nodePeer } from "./peers/node.mjs";
import { portkeyPeer } from "./peers/portkey.mjs";

const START_LIMIT_MS = 20_000;
const POLL_MS = 2;

/** What nexus is measured beside, by name. `direct` asks the backend itself. */
export const PEERS = {
  direct: (_stage, { origin, prefix }) => ({ url: `${origin}${prefix}/v1/chat/completions` }),
  nginx: nginxPeer,
  "node-dispatch": nodePeer("node-dispatch"),
  "node-watch": nodePeer("node-watch"),
  "node-nexuslike": nodePeer("node-nexuslike"),
  portkey: portkeyPeer,
  nexus: nexusPeer,
};

/**
 * Starts these peers in front of one upstream and waits until each has answered. What is not to be had is left out, with a
 * note; nexus is always there, or this throws.
 */
export async function startPeers(stage, names, upstream, body) {
  const peers = [];
  for (const name of names) {
    try {
      peers.push({ name, ...(await startPeer(stage, PEERS[name], upstream, body)) });
    } catch (error) {
      if (name === "nexus") throw error;
      stage.note(`${name} is left out: ${error.message}`);
    }
  }
  return peers;
}

/** Starts one peer and waits for its first answer with status 200. */
export async function startPeer(stage, begin, upstream, body) {
  const peer = await begin(stage, upstream);
  try {
    await answers(peer, body);
  } catch (error) {
    if (peer.child !== undefined) await stop(peer.child);
    throw error;
  }
  return { ...peer, pid: peer.child?.pid };
}

/** Ends peers. */
export async function stopPeers(peers) {
  await Promise.all(peers.flatMap(({ child }) => (child === undefined ? [] : [stop(child)])));
}

/** Sends a body to a peer. Resolves to status, headers and body of the answer; throws when there is none. */
export function ask({ url, headers }, body) {
  const sent = {
    "content-type": "application/json",
    authorization: "Bearer sk-bench",
    "content-length": Buffer.byteLength(body),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent: false, headers: sent }, (response) => {
      const parts = [];
      response.on("data", (bytes) => parts.push(bytes));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function answers(peer, body) {
  const limit = performance.now() + START_LIMIT_MS;
  let last;
  while (performance.now() < limit) {
    try {
      last = await ask(peer, body);
      if (last.status === 200) return;
    } catch (error) {
      last = error.message;
    }
    await pause(POLL_MS);
  }
  throw new Error(`no answer within ${START_LIMIT_MS / 1000} s: ${JSON.stringify(last)?.slice(0, 300)}`);
}
