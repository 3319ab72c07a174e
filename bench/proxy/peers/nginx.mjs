import { freePort, start } from "../children.mjs";
import { nginx } from "../nginx.mjs";

/** nginx as a reverse proxy with connections kept alive, as much as a proxy can do with one core. */
export async function nginxPeer({ work, machine }, { origin, prefix }) {
  const port = await freePort();
  const servers = `
  upstream backend { server ${origin.replace("http://", "")}; keepalive 512; keepalive_requests 100000000; }
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_buffering off;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://backend; }
  }`;
  const child = start("nginx", machine.onProxyCore(nginx("nginx", servers, work)), { work });
  return { child, url: `http://127.0.0.1:${port}${prefix}/v1/chat/completions` };
}
