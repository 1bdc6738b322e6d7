/** What a function writes from now on, line by line. `jest.restoreAllMocks()` ends it. */
export function consoleLines(): string[] {
  const lines: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    jest.spyOn(console, method).mockImplementation((...written: unknown[]) => void lines.push(written.join(' ')));
  return lines;
}
