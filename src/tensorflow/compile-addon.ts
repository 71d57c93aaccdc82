import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../files/package.js';
import { runTool } from './run-tool.js';

/** The version of Node-API that the addon asks for. */
const NODE_API = 8;

/**
 * Finds out whether what node-gyp calls is there.
 *
 * @throws MachineError if not
 */
export async function checkCompiler(): Promise<void> {
  const remedy = 'install make and a C++ compiler (Debian: apt-get install make g++)';
  for (const tool of ['make', 'g++']) {
    await runTool(tool, ['--version'], {
      missing: `${tool} is not on the PATH: ${remedy}`,
      failed: `${tool} does not run: ${remedy}`,
    });
  }
}

/**
 * Compiles the addon of tfjs-node from its source, by node-gyp, as its own install would. The headers of Node-API come
 * from npm: those of the Node.js that runs may not be there, and the addon is for every version all the same.
 *
 * @param node path of the Node.js that runs
 * @param modules node_modules with tfjs-node, node-gyp and node-api-headers
 * @throws MachineError if the compiler fails
 */
export async function compileAddon(node: string, modules: string): Promise<void> {
  const tfjs = join(modules, '@tensorflow', 'tfjs-node');
  const nodedir = join(tfjs, 'node');
  const headers = join(nodedir, 'include', 'node');
  cpSync(join(modules, 'node-api-headers', 'include'), headers, { recursive: true });
  copyFileSync(join(ROOT, 'setup', 'common.gypi'), join(headers, 'common.gypi'));

  const settings = {
    nodedir,
    module_name: 'tfjs_binding',
    module_path: join(tfjs, 'lib', `napi-v${NODE_API}`),
    napi_build_version: NODE_API,
  };
  const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  await runTool(node, [join(modules, 'node-gyp', 'bin', 'node-gyp.js'), 'rebuild', ...flags], {
    cwd: tfjs,
    failed: 'node-gyp could not compile the addon',
  });
  for (const folder of [nodedir, join(tfjs, 'build')]) rmSync(folder, { recursive: true });
}
