import { probeTfjs } from '#src/tensorflow/find.js';

const probe = probeTfjs(process.execPath);
const why = 'why' in probe ? probe.why : undefined;

/**
 * `describe` for tests of tfjs: where tfjs-node is not installed they are skipped, and say so; in CI, which installs it,
 * they fail.
 */
export const describeTfjs: typeof describe = why !== undefined && !process.env.CI ? skipped(why) : describe;

/** The engines that can be tested here. */
export function testable(names: readonly string[]): string[] {
  return describeTfjs === describe ? [...names] : names.filter((name) => name !== 'tfjs');
}

function skipped(why: string): typeof describe {
  console.log(`skipped tests of tfjs: ${why}`);
  return describe.skip;
}
