import { collect } from "../collect.ts";
import type { Register } from "../program.ts";

/** `nexus mock`: a scripted backend to try things against. */
export const register: Register = (parent, run) => {
  parent
    .command("mock")
    .description("Run a scripted backend: a server that answers, or fails, as told.")
    .option("--port <port>", "port to listen on (default: any free one)")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--model <id>", "a model it serves, may be repeated; others are then 404", collect)
    .option("--dialect <name>", "the language it speaks, such as openai-responses (default: openai-chat)")
    .option("--answer <text>", "what it says")
    .option("--fault <name>", "what the next request gets, may be repeated; the last repeats", collect)
    .option("--latency <time>", "wait before each answer, as 1500, 250ms or 1.5s")
    .option("--chunk-delay <time>", "wait between the pieces of a stream")
    .option("--script <file>", "all of this from a JSON file; flags win")
    .option("--json", "print the address as one line of JSON")
    .addHelpText("after", HELP)
    .action(
      run<MockFlags>(async (context, flags) => {
        const { runMock } = await import("../mock/run.ts");
        return runMock(context, flags);
      }),
    );
};

/** The flags of `nexus mock` as typed. */
export interface MockFlags {
  readonly port?: string;
  readonly host?: string;
  readonly model?: readonly string[];
  readonly dialect?: string;
  readonly answer?: string;
  readonly fault?: readonly string[];
  readonly latency?: string;
  readonly chunkDelay?: string;
  readonly script?: string;
  readonly json?: boolean;
}

const HELP = `
Examples:
  nexus mock --port 9001 --model llama3.2
  nexus mock --fault 503 --fault ok                  the first request fails, all others are answered
  nexus mock --fault 429:retry-after=2 --fault ok    parameters stand after a colon, with commas between
  nexus mock --dialect ollama --model llama3.2
  nexus mock --script scenario.json

Faults, with their parameters: \`nexus help faults\`.

Script file (every key may be left out):
  { "models": ["llama3.2"], "answer": "Hello.", "latency_ms": 0, "chunk_delay_ms": 0, "api_key": "made-up",
    "steps": ["503", { "fault": "cut-stream", "after": 2 }, { "text": "Fine.", "finish_reason": "stop" }, "ok"] }

The address stands on standard output as soon as the server is ready; each request is a line on standard error (-q
drops it). SIGINT (Ctrl-C) and SIGTERM end it with exit code 0.`;
