import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError, preview } from '../errors.js';
import { writeFileAtomic } from '../files/write.js';
import { withErrorPath, withParts } from '../files/read.js';
import { checkSameResult, encodeRecord, LONGEST_RECORD, parseRecord, type RunRecord } from './record.js';

// The folder of a sweep: one file per record, a marker file, and a lock while a sweep writes to it.

const MARKER = 'gd-train-sweep.json';
const MARK = `${JSON.stringify({ format: 'gd-train sweep 1', files: 'one a run, named by a digest of its settings' })}\n`;
const LOCK = 'lock';
/** Names that a folder without the marker may hold: gd-train's own files, and hidden files of the system. */
const OWN = new RegExp(`^(\\.|${MARKER.replaceAll('.', '\\.')}|${LOCK}(\\.|$)|[\\da-f]{32}\\.json)`);
/** The file of a record is named by the id of its run. */
const RECORD = /^([\da-f]{32})\.json$/;
const recordPath = (folder: string, id: string) => join(folder, `${id}.json`);

/**
 * Prepares a folder for records; it is made if it is not there.
 *
 * @throws InputError if it holds something else; the system's error if it cannot be made or read
 */
export function openRecordFolder(folder: string): void {
  withErrorPath(folder, () => {
    if (!statSync(folder, { throwIfNoEntry: false })) makeFolder(folder);
    if (checkFolder(folder)) return;
    writeFileAtomic(join(folder, MARKER), Buffer.from(MARK));
  });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return; // another run has just made it
    if (code === 'ENOENT') throw new InputError(`${folder} is in a folder that is missing: make that first`);
    throw error;
  }
}

/** True if the folder is marked as a sweep's. */
function checkFolder(folder: string): boolean {
  if (!statSync(folder).isDirectory()) throw new InputError(`${folder} is a file: name a folder`);
  const names = readdirSync(folder);
  if (names.includes(MARKER)) return true;
  const foreign = names.find((name) => !OWN.test(name));
  if (foreign === undefined) return false;
  throw new InputError(`${folder} is not the folder of a sweep, it holds ${preview(foreign)}: name a new folder`);
}

/** The records of a folder, and its damaged files. */
export interface FolderContents {
  readonly records: ReadonlyMap<string, RunRecord>;
  /** One message per damaged file. */
  readonly damaged: readonly string[];
}

/**
 * Reads the records of a folder.
 *
 * @param wanted ids; default: all that are there
 * @throws InputError if the folder holds something else; the system's error if it cannot be read
 */
export function readFolder(folder: string, wanted?: ReadonlySet<string>): FolderContents {
  const records = new Map<string, RunRecord>();
  const damaged: string[] = [];
  withErrorPath(folder, () => checkFolder(folder));
  for (const name of readdirSync(folder).sort()) {
    const id = RECORD.exec(name)?.[1];
    if (id === undefined || (wanted && !wanted.has(id))) continue;
    try {
      const record = readRecord(join(folder, name));
      if (record.id !== id) throw new InputError(`${join(folder, name)} is the record of run ${record.id}: rename it`);
      records.set(id, record);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      damaged.push(error.message);
    }
  }
  return { records, damaged };
}

function readRecord(path: string): RunRecord {
  const text = withParts(path, ({ size, read }) => {
    if (size > LONGEST_RECORD) throw new InputError(`${path} is not the record of a run: it has ${size} bytes`);
    return Buffer.from(read(0, size)).toString();
  });
  return parseRecord(text, path);
}

/**
 * Writes the record of a run to a folder atomically. If the folder has a record of the run already, its result must
 * have the same bits.
 *
 * @throws MachineError that names both machines if the results differ; the system's error if it cannot be written
 */
export function keepRecord(folder: string, record: RunRecord): void {
  const before = findRecord(folder, record.id);
  if (before) checkSameResult(before, record);
  writeFileAtomic(recordPath(folder, record.id), Buffer.from(encodeRecord(record)));
}

/** The record of a run; undefined if its file is missing, or damaged and to be overwritten. */
export function findRecord(folder: string, id: string): RunRecord | undefined {
  const path = recordPath(folder, id);
  if (!statSync(path, { throwIfNoEntry: false })) return undefined;
  try {
    return readRecord(path);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The process that holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Locks a folder for one sweep. The lock of a process that has ended without releasing it is taken over.
 *
 * @param pid of this process
 * @param isAlive whether this machine has a process with that id
 * @returns a function that releases the lock
 * @throws InputError if another sweep has it
 */
export function lockFolder(folder: string, pid: number, isAlive: (pid: number) => boolean): () => void {
  const path = join(folder, LOCK);
  const mine = `${JSON.stringify({ pid, host: hostname() } satisfies Holder)}\n`;
  const release = () => {
    if (readIfThere(path) === mine) rmSync(path, { force: true });
  };
  if (createFile(path, mine)) return release;
  // A takeover is not atomic: a second lock ensures that only one process does it at a time.
  const guard = `${path}.takeover`;
  if (!createFile(guard, mine)) throw heldBy(folder, guard, readIfThere(guard));
  try {
    const text = readIfThere(path);
    const holder = parseHolder(text);
    const isGone = (id: number) => id === pid || !isAlive(id); // in a container, the next process may have the same id
    const isStale = text === undefined || (holder !== undefined && holder.host === hostname() && isGone(holder.pid));
    if (!isStale) throw heldBy(folder, path, text);
    rmSync(path, { force: true });
    if (createFile(path, mine)) return release;
    throw heldBy(folder, path, readIfThere(path));
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Creates a file; false if it exists. */
function createFile(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').slice(0, 1000);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text = ''): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && typeof host === 'string' ? { pid: pid!, host } : undefined;
  } catch {
    return undefined;
  }
}

function heldBy(folder: string, path: string, text: string | undefined): InputError {
  const holder = parseHolder(text);
  const who = holder ? `process ${holder.pid} on ${preview(holder.host)}` : 'a process that has just begun';
  return new InputError(
    `${folder} is in use by another sweep, ${who}: wait for it, or name another --out; if it is gone, delete ${path}`,
  );
}
