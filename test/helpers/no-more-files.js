// node --import this: at one SIGUSR2 all file handles are taken, at the next they are given back.
import { closeSync, openSync } from 'node:fs';

const taken = [];
process.on('SIGUSR2', () => {
  if (taken.length > 0) return taken.splice(0).forEach((file) => closeSync(file));
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {
    return undefined; // there are no more
  }
});
