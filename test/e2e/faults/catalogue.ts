import type { Row } from "./row.ts";
import { ANSWERS } from "./table/answers.ts";
import { CONNECTION } from "./table/connection.ts";
import { HTTP } from "./table/http.ts";
import { ODDITIES } from "./table/oddities.ts";
import { STATUSES } from "./table/statuses.ts";

/** Every row, in the order of the page. */
export const SECTIONS: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  { title: "The way to the backend", rows: CONNECTION },
  { title: "HTTP", rows: HTTP },
  { title: "The answer", rows: ANSWERS },
  { title: "Error answers", rows: STATUSES },
  { title: "Odd answers, harmful texts, requests that are not read", rows: ODDITIES },
];

/** Faults that no single run of a one-shot program can show, and where they are shown. */
export const ELSEWHERE: Readonly<Record<string, { readonly fault: string; readonly where: string }>> = {
  U71: {
    fault: "a rate limit that meets a hundred requests at once",
    where: "needs one process with many requests: `test/world/bursts.test.ts`",
  },
  U78: {
    fault: "a backend that fails for a minute, works for a minute, and so on",
    where: "needs one process over minutes, on a clock of its own: `test/world/bursts.test.ts`",
  },
  U96: {
    fault: "a backend that is nexus itself",
    where: "needs `nexus serve`",
  },
};
