/** Reads a moment in UTC, such as `2026-11-28T00:00:00Z`; nothing when it is not one, such as 31 February. */
export function instantOf(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text)) return undefined;
  const instant = new Date(text);
  // JavaScript takes 31 February for 3 March.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 19) === text.slice(0, 19)
    ? instant
    : undefined;
}
