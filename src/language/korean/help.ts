import type { Table } from '../translate.js';

export const HELP: Table = {};
