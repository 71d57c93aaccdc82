import { CHECK } from './check.js';
import { ERRORS } from './errors.js';
import { FILES } from './files.js';
import { HELP } from './help.js';
import { NOTES } from './report.js';
import { RESULTS } from './results.js';

/** Korean, by what a text is about: help, errors, files, results and notes, check. report.ts has the pages. */
export const KOREAN = { ...HELP, ...ERRORS, ...FILES, ...RESULTS, ...CHECK, ...NOTES };
