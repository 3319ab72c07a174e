import { createInterface, type Interface, type Key } from "node:readline";
import type { App } from "../app.ts";
import { assemble, searchBack } from "./assemble.ts";
import { editsLines } from "./keyboard.ts";

/** What came from the person at the prompt. `stopped`: a signal ended it. */
export type Input =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "cleared" | "interrupted" | "end" | "stopped" };

/** How a prompt is read. */
export interface InputRules {
  /** The newest first. */
  readonly history: readonly string[];
  /** Put on the line for the person to go on with. */
  readonly typed: string;
  readonly complete: (line: string) => Promise<readonly [string[], string]>;
  readonly signal: AbortSignal;
}

const PROMPT = "> ";
const MORE = ". ";

/**
 * Reads one input, of one line or more: pasted line ends belong to it, and so does what follows Alt-Enter, a backslash or
 * `"""`. Off a terminal the prompt stands on standard error, and lines come as the terminal driver gives them.
 */
export function readInput(app: App, rules: InputRules): Promise<Input> {
  const { stdin, stdout, stderr } = app;
  const output = stdout.isTTY ? stdout : stderr;
  const terminal = editsLines(app);
  const { history, complete, signal } = rules;
  const lines: string[] = [];
  let pasting = false;
  let more = false;
  let found = { at: -1, part: "" };
  let pasted = false;

  return new Promise((resolve) => {
    // Before readline's own listener: it has to know what a line end means when it comes.
    const onKey = (_text: string | undefined, key: Key): void => {
      if (key.name === "paste-start") pasting = pasted = true;
      else if (key.name === "paste-end") pasting = false;
      else if (key.name === "return" && key.meta && !pasting) {
        more = true;
        reader.write("\n");
      } else if (key.name === "r" && key.ctrl) search();
    };
    if (terminal) stdin.on("keypress", onKey);
    const reader: Interface = createInterface({
      input: stdin,
      output,
      terminal,
      prompt: PROMPT,
      history: [...history],
      historySize: 1_000,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        // A tab that was pasted is a tab.
        if (pasting) return done(null, [[], line]);
        void complete(line).then(([names, part]) => done(null, [names, part]));
      },
    });
    const end = (input: Input): void => {
      signal.removeEventListener("abort", stop);
      stdin.off("keypress", onKey);
      reader.off("close", leave).close();
      if (terminal) keepLater(stdin);
      resolve(input);
    };
    const leave = (): void => {
      output.write("\n");
      end({ kind: "end" });
    };
    const stop = (): void => end({ kind: "stopped" });
    const search = (): void => {
      const part = found.at >= 0 ? found.part : reader.line;
      const hit = searchBack(history, part, found.at);
      if (hit === undefined) return;
      found = { at: hit.at, part };
      reader.write(null, { ctrl: true, name: "e" });
      reader.write(null, { ctrl: true, name: "u" });
      reader.write(hit.text.replaceAll("\n", " "));
    };
    reader.on("line", (line) => {
      found = { at: -1, part: "" };
      lines.push(line);
      const goesOn = pasting || more;
      more = false;
      const whole = pasted || lines.length > 1 ? assemble(lines) : assemble([line]);
      if (goesOn || !whole.complete) {
        reader.setPrompt(MORE);
        reader.prompt();
        return;
      }
      end({ kind: "text", text: whole.text });
    });
    reader.on("SIGINT", () => {
      const empty = reader.line === "" && lines.length === 0;
      output.write("\n");
      end({ kind: empty ? "interrupted" : "cleared" });
    });
    // Brought back after Ctrl-Z.
    reader.on("SIGCONT", () => reader.prompt(true));
    reader.on("close", leave);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) return stop();
    reader.prompt();
    if (rules.typed !== "") reader.write(rules.typed);
  });
}

/** What came in one piece with the end of a line belongs to the next one. */
function keepLater(stdin: App["stdin"]): void {
  let later = "";
  const keep = (_text: string | undefined, { sequence = "" }: Key): void => {
    later += sequence;
  };
  stdin.on("keypress", keep);
  queueMicrotask(() => {
    stdin.off("keypress", keep);
    if (later !== "") stdin.unshift(Buffer.from(later));
  });
}
