import { CHECK } from './check.js';
import { ERRORS } from './errors.js';
import { FILES } from './files.js';
import { HELP } from './help.js';
import { NOTES } from './report.js';
import { RESULTS } from './results.js';
import { SWEEP } from './sweep.js';

/** Korean, by what a text is about: help, errors, sweeps, files, results and notes, check. report.ts has the pages. */
export const KOREAN = { ...HELP, ...ERRORS, ...SWEEP, ...FILES, ...RESULTS, ...CHECK, ...NOTES };
