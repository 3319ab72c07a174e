#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`nexus: needs Node.js 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
const { access } = await import("node:fs/promises");
const main = new URL("../dist/main.js", import.meta.url);
try {
  await access(main);
} catch {
  process.stderr.write("nexus: the program is not built yet: run `npm run build`\n");
  process.exit(1);
}
await import(main.href);
