import type { Table } from '../translate.js';

export const REPORT: Table = {};
