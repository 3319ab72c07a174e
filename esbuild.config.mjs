// Bundles the program: dozens of small files cost more at start-up than one (npm run bench:startup).
import { rm } from "node:fs/promises";
import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: ["@napi-rs/keyring"],
  // jsonc-parser's UMD build hides its own requires from a bundler.
  mainFields: ["module", "main"],
  chunkNames: "chunks/[name]-[hash]",
  // CommonJS packages inside an ES module bundle still call require for Node's own modules.
  banner: {
    js: 'import { createRequire as nexusRequire } from "node:module"; const require = nexusRequire(import.meta.url);',
  },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning",
});
