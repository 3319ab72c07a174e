import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLoopback, isMetadata, isPrivate, isPublic } from "../../src/backends/address.ts";

const hostOf = (text: string) => new URL(`http://${text}/`).hostname;

describe("addresses", () => {
  it.each([
    "localhost",
    "127.0.0.1",
    "127.8.9.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
  ])("%s is this machine", (text) => {
    expect(isLoopback(hostOf(text))).toBe(true);
    expect(isPublic(hostOf(text))).toBe(false);
  });

  it.each([
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.10",
    "169.254.7.7",
    "[fc00::1]",
    "[fdff::1]",
    "[fe80::1]",
    "[febf::1]",
    "[::ffff:192.168.1.1]",
  ])("%s is a private address", (text) => {
    expect(isPrivate(hostOf(text))).toBe(true);
    expect(isLoopback(hostOf(text))).toBe(false);
    expect(isPublic(hostOf(text))).toBe(false);
  });

  it.each([
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.1.1",
    "100.64.0.1",
    "192.0.2.5",
    "[2001:db8::1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::7f00:1]",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "api.openai.com",
  ])("%s is neither this machine nor private", (text) => {
    expect(isLoopback(hostOf(text))).toBe(false);
    expect(isPrivate(hostOf(text))).toBe(false);
    expect(isPublic(hostOf(text))).toBe(true);
  });

  it.each(["gpu-box", "nas.local", "box.lan", "llm.internal"])("%s is a name of a local network", (text) => {
    expect(isPublic(hostOf(text))).toBe(false);
    expect(isPrivate(hostOf(text))).toBe(false);
  });

  it.each([
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "2852039166",
    "100.100.100.200",
    "[fd00:ec2::254]",
    "metadata.google.internal",
    "metadata.google.internal.",
  ])("%s is a metadata service", (text) => {
    expect(isMetadata(hostOf(text))).toBe(true);
  });

  it("judges an IPv4 address and the same one mapped into IPv6 alike", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const mapped = hostOf(`[::ffff:${address}]`);
        expect(isLoopback(mapped)).toBe(isLoopback(address));
        expect(isPrivate(mapped)).toBe(isPrivate(address));
        expect(isMetadata(mapped)).toBe(isMetadata(address));
      }),
    );
  });

  it("never takes one address for both loopback and private", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((address) => `[${address}]`),
        ),
        (text) => {
          fc.pre(URL.canParse(`http://${text}/`));
          const host = hostOf(text);
          expect(isLoopback(host) && isPrivate(host)).toBe(false);
        },
      ),
    );
  });
});
