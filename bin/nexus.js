#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`nexus: needs Node.js 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
const main = new URL("../dist/main.js", import.meta.url).href;
try {
  await import(main);
} catch (error) {
  if (error?.code !== "ERR_MODULE_NOT_FOUND" || error.url !== main) throw error;
  process.stderr.write("nexus: the program is not built yet: run `npm run build`\n");
  process.exit(1);
}
