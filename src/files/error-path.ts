/**
 * Does something with a file. Should the system refuse, its error names the file that the user named: not a temporary
 * one, and not none, as after a failed read or write.
 */
export function withErrorPath<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : Object.assign(error as Error, { path });
  }
}
