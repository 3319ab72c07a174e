// Bundles the program: dozens of small files cost more at start-up than one (npm run bench:startup).
import { build } from "rolldown";

/**
 * Modules that every command line runs: the static imports of the entry. Not the entry itself, which awaits the whole
 * run: what is loaded meanwhile shares these modules, and would wait for it for ever.
 */
const start = new Set();
/** What completes names while somebody types needs of the rooms: it must not load all of them. */
const NAMES = /\/src\/(?:config\/paths|backends\/clouds|cli\/completion\/names)\.ts$/;
/** A wrong command line is to be told as fast as a right one. */
const REPORT = /\/src\/cli\/output\/failure-report\.ts$/;

/** Modules that every command over the configuration runs: what the wiring loads, but for the network and the tokenizer. */
const rooms = new Set();
const WIRING = /\/src\/cli\/wiring\.ts$/;
const ROOMS =
  /\/src\/(backends|config|core|database|engine|files|ledger|registry|resilience|routing|secrets|state)\/|\/src\/tokens\/heuristic|\/node_modules\/zod\//;

const findGroups = {
  name: "find-groups",
  buildEnd() {
    const follow = (id, group, importsOf) => {
      for (const imported of importsOf(this.getModuleInfo(id))) {
        if (group.has(imported)) continue;
        group.add(imported);
        follow(imported, group, importsOf);
      }
    };
    for (const id of this.getModuleIds()) {
      if (REPORT.test(id) || NAMES.test(id)) start.add(id);
      if (REPORT.test(id) || this.getModuleInfo(id).isEntry)
        follow(id, start, (module) => module.importedIds);
      if (WIRING.test(id)) {
        follow(id, rooms, (module) =>
          [...module.importedIds, ...module.dynamicallyImportedIds].filter((imported) =>
            ROOMS.test(imported),
          ),
        );
      }
    }
  },
};

/** Parts of Node that a package loads for what nexus never does: programs as subcommands, HTTP/2 to a backend. */
const NEVER_USED = { "node:child_process": "node_modules/commander/", "node:http2": "node_modules/undici/" };

const withoutNeverUsed = {
  name: "without-never-used",
  resolveId: (source, importer) =>
    Object.hasOwn(NEVER_USED, source) && importer?.includes(NEVER_USED[source]) ? "\0never-used" : null,
  load: (id) => (id === "\0never-used" ? "export const constants = {};" : null),
};

/**
 * What the database driver does to find its binary costs more than the binary: it asks Node for a whole diagnostic report,
 * only to tell glibc from musl. Here the binary for glibc is tried, and where it does not load the one for musl; as an
 * ordinary package of the driver's, wherever the package manager has put that.
 */
const FIND_BINARY = /function requireNative\(\) \{[\s\S]*?\n\}\n/;
const TRY_BINARIES = `
function requireNative() {
  const { createRequire } = require("node:module");
  const load = createRequire(createRequire(import.meta.url).resolve("libsql"));
  const { platform, arch } = process;
  const systems = { linux: arch === "arm" ? ["gnueabihf", "musleabihf"] : ["gnu", "musl"], win32: ["msvc"] }[platform];
  let reason;
  for (const system of systems ?? [""]) {
    try {
      return load(["@libsql/" + platform, arch, system].filter(Boolean).join("-"));
    } catch (error) {
      reason ??= error;
    }
  }
  throw reason;
}
`;

const findBinaryFast = {
  name: "find-binary-fast",
  transform(code, id) {
    if (!id.endsWith("/node_modules/libsql/index.js")) return null;
    if (!FIND_BINARY.test(code)) this.error("libsql loads its binary in another way now: look at build.mjs");
    const rest = code
      .replace(/^.*require\("(?:@neon-rs\/load|detect-libc)"\).*$/gm, "")
      .replace(FIND_BINARY, TRY_BINARIES);
    return { code: rest };
  },
};

await build({
  input: "src/main.ts",
  platform: "node",
  external: ["@napi-rs/keyring"],
  // jsonc-parser's other build hides its own requires from a bundler.
  resolve: { mainFields: ["module", "main"] },
  logLevel: "warn",
  plugins: [findGroups, withoutNeverUsed, findBinaryFast],
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    entryFileNames: "main.js",
    chunkFileNames: "chunks/[name]-[hash].js",
    // Names of functions and classes stay: they stand in the stack of a bug.
    minify: { compress: true, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
    // One file for what runs together: each small shared file would cost a look-up of its own.
    codeSplitting: {
      groups: [
        { name: "start", test: (id) => start.has(id), priority: 1 },
        { name: "rooms", test: (id) => rooms.has(id) },
      ],
    },
  },
});
