/**
 * `usage`: the command line is wrong. `config`: a file, key or name in the configuration is. `not-found`: no such
 * profile, backend or model. `input`: what was given to work on cannot be used (exit as usage). `io`: something could not
 * be written. `interrupted`: the person left with Ctrl-C.
 */
export type ProblemKind = "usage" | "config" | "not-found" | "input" | "io" | "interrupted";

/**
 * Something a person can mend: what happened and why in `message` (it names the file, key, flag, profile or backend),
 * what to do next in `hint`. Printed without a stack. Anything else that is thrown is a bug.
 */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly hint: string | undefined;
  /** Stable code for scripts, such as `profile_not_found`. */
  readonly code: string;
  constructor(kind: ProblemKind, code: string, message: string, hint?: string) {
    super(message);
    this.name = "Problem";
    this.kind = kind;
    this.code = code;
    this.hint = hint;
  }
}
