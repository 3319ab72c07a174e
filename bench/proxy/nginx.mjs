import { writeFileSync } from "node:fs";
import path from "node:path";

/** Command that runs one worker of nginx with these `server`s (and `upstream`s), with its files in `work`. */
export function nginx(name, servers, work) {
  const file = path.join(work, `${name}.conf`);
  const own = (part) => path.join(work, `${name}-${part}`);
  // As root its worker would be nobody, who may not read the answers.
  const user = process.getuid() === 0 ? "user root;" : "";
  writeFileSync(
    file,
    `${user}
worker_processes 1;
daemon off;
pid ${own("pid")};
error_log ${own("error.log")} crit;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  sendfile on;
  tcp_nodelay on;
  client_max_body_size 64m;
  client_body_buffer_size 1m;
  client_body_temp_path ${own("body")};
  proxy_temp_path ${own("proxy")};
  fastcgi_temp_path ${own("fastcgi")};
  uwsgi_temp_path ${own("uwsgi")};
  scgi_temp_path ${own("scgi")};
${servers}
}
`,
  );
  return ["nginx", "-p", work, "-c", file];
}
