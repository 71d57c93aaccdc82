// For node --import: the clock always shows the same time.
const RealDate = Date;
const now = () => RealDate.UTC(2020, 0, 1);
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now = now;
};
