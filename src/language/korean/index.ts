import { ERRORS } from './errors.js';
import { HELP } from './help.js';
import { NOTES } from './report.js';
import { RESULTS } from './results.js';

/** Korean: help.ts has the help, errors.ts what is wrong and what to do, results.ts results and notes. report.ts has the pages. */
export const KOREAN = { ...HELP, ...ERRORS, ...RESULTS, ...NOTES };
