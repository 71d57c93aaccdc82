/**
 * What the caller gave is wrong. The message is one line that says what was wrong, the offending value and what would
 * be right; the command line prints it as it stands and exits with 2. Anything else that is thrown is a defect or the
 * operating system's refusal.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}
