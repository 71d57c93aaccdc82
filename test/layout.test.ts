import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => join('src', name).replaceAll('\\', '/'));
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** The files that import a file by a statement. A file that `import()` or a worker loads is an entry point. */
const importers = new Map<string, string[]>(files.map((file) => [file, []]));
for (const [file, text] of texts) {
  for (const [, path] of text.matchAll(/^(?:import|export)\s[^;]*?from '(\.[^']+)';/gm)) {
    const imported = join(dirname(file), path)
      .replaceAll('\\', '/')
      .replace(/(\.js)?$/, '.ts');
    importers.get(imported)!.push(file);
  }
}

test('no two files export types of the same name', () => {
  const places = new Map<string, string[]>();
  for (const [file, text] of texts) {
    for (const [, name] of text.matchAll(/^export (?:interface|type|class) (\w+)/gm)) {
      places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  expect(places.size).toBeGreaterThan(100);
  expect([...places].filter(([, found]) => found.length > 1)).toEqual([]);
});

test('no file has one importer and fewer than 60 lines', () => {
  const bundled = 'src/calculus/libraries.ts'; // esbuild bundles it with its imports
  const small = files.filter((file) => texts.get(file)!.split('\n').length <= 60 && file !== bundled);
  expect(small.length).toBeGreaterThan(10);
  expect(small.filter((file) => importers.get(file)!.length === 1)).toEqual([]);
});

test('one file of each folder begins with a guide to all its files', () => {
  const folders = new Map<string, string[]>();
  for (const file of files) folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
  // All files of these folders are of one kind: commands, or sentences of a language.
  for (const kind of ['src', 'src/cli/commands', 'src/language/korean']) folders.delete(kind);
  expect(folders.size).toBeGreaterThan(15);
  const missing = [...folders.values()].map((inFolder) => {
    const names = inFolder.map((file) => basename(file));
    const left = inFolder.flatMap((file) =>
      [...texts.get(file)!.matchAll(/(?:^\/\/.*\n)+/gm)].map(([comment]) =>
        names.filter((name) => name !== basename(file) && !mentions(comment, name)),
      ),
    );
    return [dirname(inFolder[0]), left.sort((a, b) => a.length - b.length)[0] ?? names];
  });
  expect(missing.filter(([, names]) => names.length > 0)).toEqual([]);
});

/** True if a comment contains the name, or a pattern that matches it, such as `*-mistakes.ts`. */
function mentions(comment: string, name: string): boolean {
  const words = comment.match(/[\w*-]+\.ts\b/g) ?? [];
  return words.some((word) => new RegExp(`^${word.replaceAll('.', '\\.').replaceAll('*', '.+')}$`).test(name));
}
