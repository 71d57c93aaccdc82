/**
 * Runs an action on a file. An error of the system that it throws names the file that the user named, and not a
 * temporary one, or none, as after a failed read or write.
 */
export function withErrorPath<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : Object.assign(error as Error, { path });
  }
}
