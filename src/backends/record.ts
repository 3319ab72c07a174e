import type { BackendType, Capability, DialectName, Zone } from "../core/backend.ts";

/** A model as a backend's record states it: its id alone, or with what is known of it. */
export type ModelRecord =
  | string
  | {
      readonly id: string;
      readonly context_length?: number | undefined;
      readonly max_output_tokens?: number | undefined;
      readonly capabilities?: readonly Capability[] | undefined;
    };

/** A backend as `config.json` states it. Everything but the type may be left out. */
export interface BackendRecord {
  readonly type: BackendType;
  readonly url?: string | undefined;
  /** The language it speaks, where that is not its type's. */
  readonly dialect?: DialectName | undefined;
  /** Name of the environment variable that holds the key. */
  readonly api_key_env?: string | undefined;
  /** Name of a key kept by `nexus key set`. */
  readonly api_key_ref?: string | undefined;
  readonly zone?: Zone | undefined;
  readonly tier?: number | undefined;
  readonly priority?: number | undefined;
  readonly max_concurrent?: number | undefined;
  readonly models?: readonly ModelRecord[] | undefined;
  readonly probe?: "off" | { readonly model: string; readonly per_day: number } | undefined;
  /** Milliseconds. */
  readonly timeouts?:
    | {
        readonly connect_ms?: number | undefined;
        readonly first_content_ms?: number | undefined;
        readonly answer_ms?: number | undefined;
        readonly idle_ms?: number | undefined;
        readonly total_ms?: number | undefined;
      }
    | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
