import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { smallDisk } from '../helpers/disk.js';
import { temporaryFolder } from '../helpers/run.js';
import { InputError } from '#src/errors.js';
import { writeFileAtomic, writeFolderAtomic } from '#src/files/write.js';
import { checkOutputs, type OutputFormat } from '#src/files/outputs.js';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
writeFileSync(at('model'), 'precious');
mkdirSync(at('sub'));
mkdirSync(at('empty'));
symlinkSync('model', at('link'));
symlinkSync(at('link'), at('link-to-link'));
symlinkSync('.', at('here'));
symlinkSync('new', at('dangling'));
symlinkSync('nowhere/new', at('astray'));
linkSync(at('model'), at('hard-link'));
const names = readdirSync(folder).sort();

const output = (path: string, format: OutputFormat = 'safetensors') => ({ option: '--save', path, format });
const input = { what: 'the model', path: at('model') };
const refused = (action: () => void, why: string) => {
  expect(action).toThrow(InputError);
  expect(action).toThrow(why);
  expect(readdirSync(folder).sort()).toEqual(names);
  expect(readFileSync(at('model'), 'utf8')).toBe('precious');
};

test.each([
  'model',
  'link',
  'link-to-link',
  'hard-link',
  './model',
  'sub/../model',
  'here/model',
  'here/here/hard-link',
])('%s is the input', (name) => {
  refused(() => checkOutputs([output(`${folder}/${name}`)], [input]), `is the same file as the model, ${input.path}`);
});

test('a path relative to the current folder is the same file as the full path', () => {
  refused(() => checkOutputs([output(relative(process.cwd(), at('model')))], [input]), 'is the same file as the model');
});

test.each([
  ['new', 'new'],
  ['new', './new'],
  ['new', 'here/new'],
  ['new', 'dangling'],
  ['sub/new', 'here/sub/new'],
  ['link', 'hard-link'],
])('%s and %s: two outputs with the same file are refused', (one, other) => {
  const outputs = [output(`${folder}/${one}`), { ...output(`${folder}/${other}`), option: '--log' }];
  refused(() => checkOutputs(outputs), `--log ${folder}/${other} is the same file as --save ${folder}/${one}`);
});

test('other files, and the input that may be replaced, are accepted', () => {
  checkOutputs([output(at('new')), output(at('sub/new')), output(at('NEW.safetensors'))], [input]);
  checkOutputs([{ ...output(at('hard-link')), replaces: at('model') }], [input]);
  checkOutputs([output('/dev/null'), output('/dev/null')]);
  expect(readdirSync(folder).sort()).toEqual(names);
});

test.each<[string, OutputFormat, string]>([
  ['', 'safetensors', '"" names no file'],
  ['-', 'safetensors', 'cannot write to standard output'],
  ['sub', 'safetensors', 'is a folder: name a file in it'],
  ['here', 'safetensors', 'is a folder: name a file in it'],
  ['new/', 'safetensors', 'is a folder: name a file in it'],
  ['nowhere/new', 'safetensors', 'the folder nowhere is missing; make it first'],
  ['astray', 'safetensors', 'nowhere is missing; make it first'],
  ['nowhere/new', 'tfjs', 'the folder nowhere is missing'],
  ['sub', 'tfjs', 'sub is not empty'],
  ['model', 'tfjs', 'model is a file: name a new folder'],
  ['new.h5', 'safetensors', 'writes safetensors, and new.h5 ends in .h5: name it new.safetensors'],
  ['new.KERAS', 'safetensors', 'ends in .keras: name it new.safetensors'],
  ['new.png', 'training log', 'name it new.ndjson'],
  ['new.pdf', 'HTML', 'name it new.html'],
  ['new.onnx', 'npz', 'name it new.npz'],
  ['new.npz', 'tfjs', 'name it new'],
])('%j as %s is refused', (name, format, why) => {
  writeFileSync(at('sub/something'), '');
  const here = process.cwd();
  process.chdir(folder);
  try {
    refused(() => checkOutputs([output(name, format)]), why);
  } finally {
    process.chdir(here);
  }
});

test.each(['model.st', 'm.bin', 'run-0.5', 'M.SAFETENSORS', '.hidden'])('%s is a valid name', (name) => {
  expect(() => checkOutputs([output(at(name))])).not.toThrow();
});

test('names that differ in case are one file on a case-insensitive file system', () => {
  const disk = smallDisk(64);
  if (disk === undefined) return;
  const image = join(disk, 'image');
  writeFileSync(image, Buffer.alloc(0));
  const made = [
    ['truncate', '-s', '4M', image],
    ['mkfs.vfat', image],
    ['mkdir', join(disk, 'fat')],
    ['mount', '-o', 'loop', image, join(disk, 'fat')],
  ].every(([command, ...args]) => spawnSync(command, args).status === 0);
  if (!made) return void console.log('skipped: no disk without case here');
  try {
    const pair = [output(join(disk, 'fat', 'new')), output(join(disk, 'fat', 'NEW'))];
    expect(() => checkOutputs(pair)).toThrow('is the same file as');
  } finally {
    spawnSync('umount', [join(disk, 'fat')]);
  }
});

test('writing follows a dangling link', () => {
  const place = temporaryFolder();
  symlinkSync('target', join(place, 'file'));
  symlinkSync('folder', join(place, 'tfjs'));
  writeFileAtomic(join(place, 'file'), Buffer.from('text'));
  writeFolderAtomic(join(place, 'tfjs'), new Map([['a', Buffer.from('text')]]));
  expect(readdirSync(place).sort()).toEqual(['file', 'folder', 'target', 'tfjs']);
  expect(readFileSync(join(place, 'target'), 'utf8')).toBe('text');
  expect(readFileSync(join(place, 'folder', 'a'), 'utf8')).toBe('text');
});
