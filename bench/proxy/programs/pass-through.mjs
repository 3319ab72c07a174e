// What the peers in plain Node have in common: a server, a pool of connections, and the body of a request in one piece.
import { createServer } from "node:http";
import { Pool } from "undici";

const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "host"]);
const IDLE_MS = 300_000;

const [port, upstream] = process.argv.slice(2);

/** Connections to the upstream. */
export const pool = new Pool(upstream, {
  connections: 512,
  pipelining: 1,
  keepAliveTimeout: IDLE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
});

/** Listens on the port of the command line, and calls `answer(request, response, body)` for each request. */
export function listen(answer) {
  const server = createServer({ keepAlive: true }, (request, response) =>
    readBody(request, (body) => answer(request, response, body)),
  );
  server.keepAliveTimeout = IDLE_MS;
  server.requestTimeout = 0;
  server.listen(Number(port), "127.0.0.1", 4096);
}

/**
 * Passes every request on, and its answer back as it comes. `watch()` makes, for each request, what looks at the bytes:
 * `push(bytes)` tells whether they are fit to be passed on, `end()` whether the answer is complete.
 */
export function passThrough(watch) {
  listen((request, response, body) => {
    const watching = watch?.(() => response.destroy());
    pool.dispatch(
      { path: request.url, method: request.method, headers: forwarded(request.headers), body },
      {
        onConnect() {},
        onError(error) {
          watching?.stop();
          if (response.headersSent) response.destroy();
          else response.writeHead(502).end(String(error));
        },
        onHeaders(status, headers, resume) {
          response.writeHead(status, answered(headers));
          response.on("drain", resume);
          return true;
        },
        onData(bytes) {
          if (watching !== undefined && !watching.push(bytes)) {
            response.destroy();
            return false;
          }
          return response.write(bytes);
        },
        onComplete() {
          watching?.stop();
          if (watching === undefined || watching.complete()) response.end();
          else response.destroy();
        },
      },
    );
  });
}

function readBody(request, done) {
  let first;
  let all;
  request.on("data", (bytes) => {
    if (first === undefined) {
      first = bytes;
    } else {
      all ??= [first];
      all.push(bytes);
    }
  });
  request.on("end", () => done(all === undefined ? first : Buffer.concat(all)));
}

function forwarded(headers) {
  const kept = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name)) kept[name] = headers[name];
  return kept;
}

function answered(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toString("latin1");
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, raw[i + 1].toString("latin1"));
  }
  return kept;
}
