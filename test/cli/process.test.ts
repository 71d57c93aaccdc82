import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { temporaryFolder } from '../helpers/run.js';
import { invocation, quoteWord } from '#src/cli/process.js';

const from = (script: string, PATH = '', execArgv: string[] = []) =>
  invocation({ argv: ['/usr/bin/node', script], argv0: 'node', execArgv, env: { PATH } });

test('a printed command calls the program as the user did', () => {
  const folder = temporaryFolder();
  const [bin, npx] = [join(folder, 'bin'), join(folder, 'node_modules', '.bin')];
  for (const path of [bin, npx]) mkdirSync(path, { recursive: true });
  const script = join(folder, 'gd-train.js');
  writeFileSync(script, '');
  for (const path of [bin, npx]) symlinkSync(script, join(path, 'gd'));
  expect(from(join(npx, 'gd'))).toEqual(['npx', 'gd']);
  expect(from(join(bin, 'gd'), `/nowhere:${bin}`)).toEqual(['gd']);
  expect(from(join(bin, 'gd'), `${npx}:${bin}`)).toEqual(['node', join(bin, 'gd')]); // another gd is first on the PATH
  expect(from(script, bin, ['--jitless'])).toEqual(['node', '--jitless', script]);
  const near = join(process.cwd(), 'bin', 'gd-train.js');
  expect(from(near)).toEqual(['node', relative('', near)]);
});

test('a shell reads quoted words as they were', () => {
  const words = [
    'a b',
    "it's",
    '$HOME',
    '',
    '*',
    'a>=0.9',
    '"',
    '\\',
    '~',
    '--x=y',
    'ü',
    '`id`',
    '-',
    'a;b',
    '!x',
    '#',
  ];
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'echo'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  chmodSync(join(folder, 'echo'), 0o755);
  const line = words.map((word) => quoteWord(word, 'linux')).join(' ');
  const { stdout } = spawnSync('sh', ['-c', `./echo ${line}`], { cwd: folder, encoding: 'utf8' });
  expect(stdout.split('\n').slice(0, -1)).toEqual(words);
  expect(quoteWord('mnist.safetensors', 'linux')).toBe('mnist.safetensors');
  expect(quoteWord('C:\\a b', 'win32')).toBe('"C:\\a b"');
});
