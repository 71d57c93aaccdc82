import { probeTfjs } from '#src/tensorflow/find.js';

const probe = probeTfjs(process.execPath);
const why = 'why' in probe ? probe.why : undefined;

/**
 * `describe` for tests of tfjs. Without tfjs-node they are skipped with a message; in CI, which installs it, they fail.
 */
export const describeTfjs: typeof describe = why !== undefined && !process.env.CI ? skipped(why) : describe;

/** The engines that can be tested on this machine. */
export function testable(names: readonly string[]): string[] {
  return describeTfjs === describe ? [...names] : names.filter((name) => name !== 'tfjs');
}

function skipped(why: string): typeof describe {
  console.log(`skipped tests of tfjs: ${why}`);
  return describe.skip;
}
