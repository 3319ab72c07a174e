import type { Outcome, RunEvent } from "../../core/outcome.ts";

/** Shows a run to whoever asked for it. Every event goes through it in order; each is awaited, so that it is not outrun. */
export interface Presenter {
  show(event: RunEvent): Promise<void>;
  /** Called however the run ends, also by an exception: takes everything that moves off the screen. */
  close(): void;
}

/** Where the answer goes. Writing never fails because the reader went away. */
export interface AnswerOut {
  /** Whether the reader has gone away. */
  readonly closed: boolean;
  write(text: string): Promise<void>;
}

/** What every way of showing a run needs. */
export interface PresenterOptions {
  /** Tell every attempt as it happens. */
  readonly debug: boolean;
  /** Says on standard error how the run ended. */
  readonly tellOutcome: (outcome: Outcome) => Promise<void>;
}
