import { type Dataset, loadDataset } from '../dataset/mnist.js';
import { type Cli, type CommonOptions, note } from './command.js';

/**
 * The data set of the option --data. What the user should know of it goes to stderr.
 *
 * @throws InputError as `loadDataset`
 */
export function loadData(
  cli: Cli,
  options: CommonOptions & { readonly data?: string | undefined },
): { train: Dataset; test: Dataset } {
  const data = loadDataset(options.data);
  const notes = [data.train, data.test].flatMap(({ notes = [] }) => notes);
  for (const text of new Set(notes)) note(cli, options, text);
  return data;
}
