import type { App } from "../app.ts";

/** The terminal of a conversation, between the lines that are typed. */
export interface Keyboard {
  /** Runs some work. What is typed meanwhile is not shown, and kept for the next line; Ctrl-C calls `stop`. */
  during<T>(work: () => Promise<T>, stop: () => void): Promise<T>;
  /** Lets another program have the terminal, from within such work. */
  lend<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

const PASTE_ON = "\u001b[?2004h";
const PASTE_OFF = "\u001b[?2004l";
const CTRL_C = 3;

/** What is kept at most, in bytes. */
const MOST_KEPT = 1_048_576;

/** Whether lines are edited here, and not by the terminal's driver. */
export function editsLines({ stdout, env }: App): boolean {
  return stdout.isTTY && env["TERM"] !== "dumb";
}

/** Takes the terminal, until it is closed. Where its driver edits the lines, it also keeps what is typed ahead. */
export function openKeyboard(app: App): Keyboard {
  const { stdin, stdout } = app;
  if (!editsLines(app)) return { during: (work) => work(), lend: (work) => work(), close() {} };
  let kept: Buffer[] = [];
  let stop = (): void => {};
  const hear = (piece: Buffer): void => {
    const size = kept.reduce((sum, { length }) => sum + length, piece.length);
    if (size <= MOST_KEPT) kept.push(Buffer.from(piece.filter((byte) => byte !== CTRL_C)));
    if (piece.includes(CTRL_C)) stop();
  };
  const begin = (): void => {
    stdin.setRawMode?.(true);
    stdin.on("data", hear).resume();
  };
  const end = (): void => {
    stdin.off("data", hear).pause();
  };
  stdout.write(PASTE_ON);
  return {
    async during(work, heard) {
      stop = heard;
      begin();
      try {
        return await work();
      } finally {
        end();
        const typed = Buffer.concat(kept);
        kept = [];
        if (typed.length > 0) stdin.unshift(typed);
      }
    },
    async lend(work) {
      end();
      stdin.setRawMode?.(false);
      stdout.write(PASTE_OFF);
      try {
        return await work();
      } finally {
        stdout.write(PASTE_ON);
        begin();
      }
    },
    close() {
      stdin.setRawMode?.(false);
      stdout.write(PASTE_OFF);
    },
  };
}
