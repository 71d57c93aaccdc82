// The two libraries that formulas need. The build bundles them into one file and puts their licences beside it
// (tools/bundle-libraries.js), because an installed mathjs has 9 MB and takes ten times as long to load.
import { create, parseDependencies } from 'mathjs/number';

export const { parse } = create(parseDependencies);
export { Decimal } from 'decimal.js';
