import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A connection that says what it is told, byte by byte. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that has come so far, a character for each byte. */
  text(): string;
  /** Resolves once what has come matches; rejects with it when the connection closes without. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves with everything that came once the server has closed the connection. */
  readonly closed: Promise<string>;
}

/** Connects to a server and sends this. The connection ends with its test. */
export async function rawConnection(url: string, bytes: string | Uint8Array = ""): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  let text = "";
  // A connection that is reset is closed as well.
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => {
    for (const event of ["end", "close"]) socket.once(event, () => resolve(text));
  });
  await once(socket, "connect");
  socket.setEncoding("latin1").on("data", (piece: string) => {
    text += piece;
  });
  if (bytes.length > 0) socket.write(bytes);
  return {
    socket,
    text: () => text,
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(text)) return;
          socket.off("data", look);
          resolve();
        };
        socket.on("data", look);
        look();
        void closed.then(() => reject(new Error(`closed without ${pattern}: ${JSON.stringify(text)}`)));
      }),
  };
}

/** One raw request to the end of its connection: its status and body (with headers in lower case). */
export async function rawRequest(url: string, lines: readonly string[], body: string | Uint8Array = "") {
  const raw = await rawConnection(url, `${lines.join("\r\n")}\r\n\r\n`);
  if (body.length > 0) raw.socket.write(body);
  const text = await raw.closed;
  const [head = "", ...rest] = text.split("\r\n\r\n");
  return {
    text,
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
    head: head.toLowerCase(),
    body: rest.join("\r\n\r\n"),
  };
}
