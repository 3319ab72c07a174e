import { Problem } from "../core/problem.ts";

/** A backend of this name is registered already. */
export class DuplicateBackend extends Problem {
  constructor(name: string) {
    super("config", "DuplicateBackend", `a backend called "${name}" is registered already`);
    this.name = "DuplicateBackend";
  }
}

/** No backend of this name is registered. */
export class BackendNotFound extends Problem {
  constructor(name: string) {
    super("not-found", "BackendNotFound", `no backend is called "${name}"`);
    this.name = "BackendNotFound";
  }
}
