// Reads long streams slowly: argv URL STREAMS BODY_FILE SECONDS. Prints how many were still coming at the end.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 250;
const BYTES = 4_096;
const [url, streams, bodyFile, seconds] = process.argv.slice(2);
const body = readFileSync(bodyFile);
const headers = { "content-type": "application/json", "content-length": body.length };
const agent = new Agent();
let alive = 0;

for (let i = 0; i < Number(streams); i++) {
  const asked = request(url, { method: "POST", agent, headers }, (response) => {
    if (response.statusCode !== 200) return;
    alive += 1;
    response.once("close", () => {
      alive -= 1;
    });
    response.pause();
    setInterval(() => response.read(Math.min(BYTES, response.readableLength)), EVERY_MS);
  });
  asked.on("error", () => {});
  asked.end(body);
}
await pause(Number(seconds) * 1000);
process.stdout.write(String(alive));
process.exit(0);
