import type { Table } from '../translate.js';

export const RESULTS: Table = {};
