import { BODY_FAULTS } from "./bodies.ts";
import { BYTE_FAULTS } from "./bytes.ts";
import { CONNECTION_FAULTS } from "./connections.ts";
import type { Fault } from "./fault.ts";
import { ODDITIES } from "./oddities.ts";
import { PACKED_FAULTS } from "./packed.ts";
import { RAW_FAULTS } from "./raw.ts";
import { anyStatus, STATUS_FAULTS } from "./statuses.ts";
import { STREAM_FAULTS } from "./streams.ts";
import { TOOL_FAULTS } from "./tools.ts";

/** Every fault by name, in the order of the help. */
export const FAULTS: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ...Object.entries(STATUS_FAULTS).sort(([a], [b]) => a.localeCompare(b)),
  ...Object.entries(CONNECTION_FAULTS),
  ...Object.entries(STREAM_FAULTS),
  ...Object.entries(BODY_FAULTS),
  ...Object.entries(PACKED_FAULTS),
  ...Object.entries(BYTE_FAULTS),
  ...Object.entries(RAW_FAULTS),
  ...Object.entries(ODDITIES),
  ...Object.entries(TOOL_FAULTS),
]);

/** The fault of that name, or of that HTTP status. */
export function findFault(name: string): Fault | undefined {
  return FAULTS.get(name) ?? anyStatus(name);
}
