import type { Table } from '../translate.js';

export const ERRORS: Table = {};
