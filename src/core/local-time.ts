/** The day in the process's time zone: `2026-11-21`. */
export function localDay(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** Day and time in the process's time zone: `2026-11-21 09:05:00`. */
export function localTime(time: Date): string {
  return `${localDay(time)} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}
