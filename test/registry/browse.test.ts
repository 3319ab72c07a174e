import { createSocket } from "node:dgram";
import Bonjour from "bonjour-service";
import { expect, it, onTestFinished } from "vitest";
import type { Announcement } from "../../src/backends/announced.ts";
import { createBrowse, type Place } from "../../src/registry/browse.ts";
import { fakeClock } from "../support/fake-clock.ts";

const LOOPBACK = "127.0.0.1";
const GROUP = "224.0.0.251";

/** Why multicast does not come round on the loopback interface; undefined when it does. */
async function whyNoMulticast(): Promise<string | undefined> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve("nothing came back within 1 s"), 1000);
      socket.once("error", reject).once("message", () => {
        clearTimeout(timer);
        resolve(undefined);
      });
      socket.bind(0, () => {
        socket.addMembership(GROUP, LOOPBACK);
        socket.setMulticastInterface(LOOPBACK);
        socket.setMulticastLoopback(true);
        socket.send("?", socket.address().port, GROUP);
      });
    });
  } catch (error) {
    return String(error);
  } finally {
    socket.close();
  }
}

/** A free UDP port, so that the machine's own mDNS is left alone. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, LOOPBACK, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

it("hears a real responder come, say something new, and go, over the loopback interface", async ({
  skip,
}) => {
  const why = await whyNoMulticast();
  skip(why !== undefined, `no multicast on the loopback interface: ${why}`);
  const place = { port: await freePort(), interface: LOOPBACK };
  const heard: (Announcement | string)[] = [];
  let more = () => {};
  const next = async (count: number) => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        more = resolve;
      });
    }
    return heard[count - 1];
  };
  const hear = (what: Announcement | string) => {
    heard.push(what);
    more();
  };
  const clock = fakeClock();
  const stop = await createBrowse(place)(
    ["_ollama._tcp", "_llm._tcp"],
    { up: hear, down: hear, trouble: (trouble) => expect.unreachable(trouble) },
    clock,
  );
  const options = { ...place, bind: "0.0.0.0" };
  const responder = new Bonjour(options);
  onTestFinished(() => new Promise((resolve) => responder.destroy(() => resolve(undefined))));

  const service = responder.publish({
    name: "box",
    type: "llm",
    port: 8000,
    probe: false,
    txt: { Type: "vllm", api_path: "/v1" },
  });
  expect(await next(1)).toMatchObject({
    service: "box._llm._tcp.local",
    serviceType: "_llm._tcp",
    port: 8000,
    from: LOOPBACK,
    txt: { type: "vllm", api_path: "/v1" },
  });
  service.stop();
  expect(await next(2)).toBe("box._llm._tcp.local");

  await stop();
  expect(clock.pending()).toBe(0);
});

it("asks again for what was lost, ever more rarely", async ({ skip }) => {
  const why = await whyNoMulticast();
  skip(why !== undefined, `no multicast on the loopback interface: ${why}`);
  const place = { port: await freePort(), interface: LOOPBACK };
  const bystander = createSocket({ type: "udp4", reuseAddr: true });
  onTestFinished(() => {
    bystander.close();
  });
  const asked = () =>
    new Promise<string>((resolve) => bystander.once("message", (text) => resolve(`${text}`)));
  await new Promise<void>((resolve) => bystander.bind(place.port, resolve));
  bystander.addMembership(GROUP, LOOPBACK);
  const clock = fakeClock();
  let next = asked();
  const listener = {
    up: () => {},
    down: () => {},
    trouble: (trouble: string) => expect.unreachable(trouble),
  };
  onTestFinished(await createBrowse(place)(["_llm._tcp"], listener, clock));
  expect(await next).toContain("_llm");
  for (const ms of [1000, 2000, 4000]) {
    next = asked();
    await clock.advance(ms);
    expect(await next).toContain("_llm");
    expect(clock.pending()).toBe(1);
  }
});

/** The first trouble of somebody who listens there. */
async function troubleAt(place: Place): Promise<string> {
  let tell: (why: string) => void = () => {};
  const told = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const listener = { up: () => {}, down: () => {}, trouble: tell };
  onTestFinished(await createBrowse(place)(["_llm._tcp"], listener, fakeClock()));
  return told;
}

it("a port that cannot be had is trouble that is told, and ends nothing", async () => {
  const taken = createSocket({ type: "udp4", reuseAddr: false });
  await new Promise<void>((resolve) => taken.bind(0, "0.0.0.0", resolve));
  onTestFinished(() => {
    taken.close();
  });
  expect(await troubleAt({ port: taken.address().port })).toContain("EADDRINUSE");
});

it("where no interface takes part in multicast, that is the trouble", async () => {
  const nobodys = "203.0.113.9";
  expect(await troubleAt({ port: await freePort(), interface: nobodys })).toBe(
    "no network interface takes part in multicast",
  );
});
