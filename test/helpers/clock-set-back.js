// For node --import: each reading of the clock is an hour earlier than the last.
const RealDate = Date;
let hours = 0;
const now = () => RealDate.UTC(2020, 0, 1) - 3_600_000 * hours++;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now = now;
};
