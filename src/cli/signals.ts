/** The signals that ask a run to stop, and their exit codes: 128 + the number of the signal. */
export const STOP_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof STOP_CODES;

/** Becomes a request to stop when a signal arrives. */
export interface Stop {
  readonly signal: AbortSignal;
  /** The signal that arrived, if one did. */
  received(): StopSignal | undefined;
  /** Asks to stop as SIGINT does; nothing if that was asked before. */
  request(): void;
  /** From here on, signals end the process again. */
  ignore(): void;
}

/** Turns the first signal into a request to stop. A second one ends the process at once, as by default. */
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
    request: () => {
      if (received === undefined) handle('SIGINT');
    },
    ignore,
  };
}
