import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createGuard, type GuardOptions } from "../../src/server/guard.ts";
import { createWrongTokens } from "../../src/server/wrong-tokens.ts";
import { fakeClock } from "../support/fake-clock.ts";

/** A request with these header lines, beside a good Host. */
function request(lines: Readonly<Record<string, string>> = {}, url = "/v1/models"): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  const headers = { host: "127.0.0.1:8642", ...lines };
  message.url = url;
  message.headers = headers;
  message.rawHeaders = Object.entries(headers).flat();
  return message;
}

function guard(over: Partial<GuardOptions> = {}) {
  return createGuard(
    {
      host: "127.0.0.1",
      port: 8642,
      allowedHosts: [],
      allowedOrigins: [],
      token: undefined,
      ...over,
    },
    createWrongTokens(fakeClock()),
  );
}

describe("the guard", () => {
  it.each(["127.0.0.1:8642", "localhost:8642", "LOCALHOST:8642", "[::1]:8642", "localhost"])(
    "lets in what is addressed to %s",
    (host) => {
      expect(guard()(request({ host }))).toBeUndefined();
    },
  );

  it.each([
    "evil.com",
    "evil.com:8642",
    "localhost.evil.com:8642",
    "127.0.0.1.nip.io",
    "0.0.0.0:8642",
    "127.0.0.1:1",
  ])("C68 turns away what is addressed to %s", (host) => {
    expect(guard()(request({ host }))).toMatchObject({ status: 421 });
  });

  it("C68 two Host headers, or none, are refused", () => {
    const twice = request();
    twice.rawHeaders.push("Host", "127.0.0.1:8642");
    expect(guard()(twice)).toMatchObject({ status: 400 });
    const none = request();
    none.rawHeaders = [];
    expect(guard()(none)).toMatchObject({ status: 400 });
  });

  it("C63 a target that is no path is refused", () => {
    expect(guard()(request({}, "http://127.0.0.1:8642/v1/models"))).toMatchObject({ status: 400 });
  });

  it("C51 hundreds of header lines are refused", () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`x-${n}`, "1"]));
    expect(guard()(request(many))).toMatchObject({ status: 431 });
  });

  it("C66 C67 pages ask only from origins that are allowed", () => {
    expect(guard()(request({ origin: "https://evil.example" }))).toMatchObject({ status: 403 });
    expect(guard()(request({ origin: "null" }))).toMatchObject({ status: 403 });
    expect(guard()(request({ "sec-fetch-site": "cross-site" }))).toMatchObject({ status: 403 });
    const allowing = guard({ allowedOrigins: ["https://app.example"] });
    expect(allowing(request({ origin: "https://app.example" }))).toBeUndefined();
  });

  it("C69 the access token comes as every SDK sends its key; any other is refused", () => {
    const asking = guard({ token: "secret-token" });
    expect(asking(request({ authorization: "Bearer secret-token" }))).toBeUndefined();
    expect(asking(request({ "x-api-key": "secret-token" }))).toBeUndefined();
    expect(asking(request({ "x-goog-api-key": "secret-token" }))).toBeUndefined();
    expect(asking(request())).toMatchObject({ status: 401 });
    expect(asking(request({ authorization: "Bearer secret-tokeN" }))).toMatchObject({ status: 401 });
    expect(asking(request({ authorization: "Basic secret-token" }))).toMatchObject({ status: 401 });
  });
});
