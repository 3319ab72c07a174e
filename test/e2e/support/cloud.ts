import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/**
 * An environment in which `https://api.openai.com` is the server on `port` of this machine: behind a proxy, with a
 * certificate of its own that is trusted there.
 */
export async function openaiAt(port: number): Promise<Readonly<Record<string, string>>> {
  const tls = createTlsServer({ cert: readFileSync(pem("cert")), key: readFileSync(pem("key")) }, (socket) =>
    join(socket, port),
  );
  const cloud = await listening(tls);
  const proxy = createHttpServer().on("connect", (_request, socket) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    join(socket, cloud);
  });
  return {
    HTTPS_PROXY: `http://127.0.0.1:${await listening(proxy)}`,
    NODE_EXTRA_CA_CERTS: pem("cert"),
    OPENAI_API_KEY: "sk-test",
  };
}

function pem(part: "cert" | "key"): string {
  return fileURLToPath(new URL(`../../fixtures/tls/api-openai.${part}.pem`, import.meta.url));
}

function join(socket: Duplex, port: number): void {
  const target = connect(port, "127.0.0.1");
  socket.on("error", () => target.destroy());
  target.on("error", () => socket.destroy());
  socket.pipe(target).pipe(socket);
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}
