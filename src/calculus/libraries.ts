// The two libraries that formulas need. The build bundles them into one file, with their licences beside it
// (tools/bundle-libraries.js): installed whole, mathjs is 9 MB, and takes ten times as long to load.
import { create, parseDependencies } from 'mathjs/number';

export const { parse } = create(parseDependencies);
export { Decimal } from 'decimal.js';
