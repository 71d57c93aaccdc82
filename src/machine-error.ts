/**
 * This machine lacks something, or refuses it. The message is one line that says what, and what would mend it; the
 * command line prints it as it stands and exits with 1.
 */
export class MachineError extends Error {
  override readonly name = 'MachineError';
}
