import { fileURLToPath } from 'node:url';

/** Folder of drawn digits, DIGIT-WHAT.ENDING. */
export const PICTURES = fileURLToPath(new URL('../golden/pictures', import.meta.url));
