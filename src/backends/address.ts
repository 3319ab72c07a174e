/** The eight 16-bit groups of an IPv6 address as `URL` writes it (no dotted tail), or undefined. */
function groupsOf(address: string): readonly number[] | undefined {
  const [head = "", tail] = address.split("::");
  const parse = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const front = parse(head);
  const back = tail === undefined ? [] : parse(tail);
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<number>(Math.max(0, gap)).fill(0), ...back];
  return groups.length === 8 && groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined;
}

/** The four bytes of a dotted IPv4 address, also of one mapped into IPv6, or undefined. */
function bytesOf(host: string): readonly number[] | undefined {
  if (/^\d+(\.\d+){3}$/.test(host)) return host.split(".").map(Number);
  const groups = host.startsWith("[") ? groupsOf(host.slice(1, -1)) : undefined;
  const [high = 0, low = 0] = groups?.slice(6) ?? [];
  const mapped = groups?.slice(0, 6).join() === "0,0,0,0,0,65535";
  return mapped ? [high >> 8, high & 0xff, low >> 8, low & 0xff] : undefined;
}

/**
 * Whether a URL's host names this machine: `localhost`, 127.0.0.0/8, ::1, their mapped forms, and the unspecified
 * address, which connects here. `host` is a `URL`'s `hostname`, so odd spellings are already made plain.
 */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "[::1]" || host === "[::]") return true;
  const bytes = bytesOf(host);
  return bytes !== undefined && (bytes[0] === 127 || bytes.every((byte) => byte === 0));
}

/** Whether a URL's host is a private or link-local address, literally: RFC 1918, 169.254/16, fc00::/7, fe80::/10. */
export function isPrivate(host: string): boolean {
  const bytes = bytesOf(host);
  if (bytes !== undefined) {
    const [a = 0, b = 0] = bytes;
    return (
      a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)
    );
  }
  const first = host.startsWith("[") ? groupsOf(host.slice(1, -1))?.[0] : undefined;
  return first !== undefined && ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80);
}

/** Names that only a local network resolves: no dot, or a top level reserved for such networks. */
const LOCAL_NAME = /^[^.:[\]]+\.?$|\.(local|lan|internal|home\.arpa|localhost)\.?$/;

/** Whether a URL's host is somewhere on the internet rather than on this machine or network. */
export function isPublic(host: string): boolean {
  return !isLoopback(host) && !isPrivate(host) && !LOCAL_NAME.test(host);
}

/** Addresses that hand out a cloud machine's own credentials. No model is served there. */
const METADATA = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "[fd00:ec2::254]",
  "metadata.google.internal",
  "metadata.goog",
]);

/** Whether a URL's host is a cloud's metadata service, in any spelling. */
export function isMetadata(host: string): boolean {
  return METADATA.has(bytesOf(host)?.join(".") ?? host.replace(/\.$/, ""));
}
