import { writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, start } from "./children.mjs";
import { chatAnswer, chatStream, MODEL_LIST } from "./messages.mjs";
import { nginx } from "./nginx.mjs";

const OVERLOADED = '{"error":{"message":"overloaded","type":"server_error","code":"overloaded"}}';
/** Streams by the path they are asked at: so many chunks of text. */
const STREAMS = { sse500: 500, long: 100_000 };

/**
 * Starts the backend that all peers have: nginx, which costs next to nothing, with an answer ready for every path. Each is
 * told as its origin, the path before `/v1`, and the bytes of its body.
 */
export async function startUpstream({ work, machine }) {
  const [port, failing] = [await freePort(), await freePort()];
  const answer = chatAnswer();
  const streams = Object.entries(STREAMS).map(([name, chunks]) => {
    const text = chatStream(chunks);
    writeFileSync(path.join(work, `${name}.txt`), text);
    return { name, bytes: text.length };
  });
  const locations = streams.map(
    ({ name }) => `
    location = /${name}/v1/chat/completions { error_page 405 =200 /${name}.txt; return 405; }
    location = /${name}.txt { internal; types { } default_type text/event-stream; }`,
  );
  const servers = `
  default_type application/json;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${work};
    location = /v1/chat/completions { return 200 '${answer}'; }
    location ~ /v1/models$ { return 200 '${MODEL_LIST}'; }
${locations.join("")}
  }
  server {
    listen 127.0.0.1:${failing} backlog=4096;
    location / { return 503 '${OVERLOADED}'; }
  }`;
  start("upstream", machine.onLoadCore(nginx("upstream", servers, work)), { work });
  const origin = `http://127.0.0.1:${port}`;
  return {
    answer: { origin, prefix: "", bytes: answer.length },
    ...Object.fromEntries(streams.map(({ name, bytes }) => [name, { origin, prefix: `/${name}`, bytes }])),
    failing: { origin: `http://127.0.0.1:${failing}`, prefix: "" },
    refused: { origin: `http://127.0.0.1:${await freePort()}`, prefix: "" },
  };
}
