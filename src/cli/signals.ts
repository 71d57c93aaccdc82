/** The signals that ask a run to stop, and the exit code that says so (128 + the signal's number). */
export const STOP_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof STOP_CODES;

/** A request to stop, once it has come. */
export interface Stop {
  readonly signal: AbortSignal;
  /** What came, if anything did. */
  received(): StopSignal | undefined;
  /** Signals end the process again. */
  ignore(): void;
}

/** Turns the first signal into a request; a second one ends the process at once, as if nobody had listened. */
export function listenForStop(): Stop {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const names = Object.keys(STOP_CODES) as StopSignal[];
  const ignore = () => names.forEach((name) => process.off(name, handle));
  function handle(name: StopSignal): void {
    received = name;
    ignore();
    controller.abort();
  }
  names.forEach((name) => process.on(name, handle));
  return {
    signal: controller.signal,
    received: () => received,
    ignore,
  };
}
