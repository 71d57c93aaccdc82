/**
 * Who may import whom: each folder of src/, and the folders it may import from besides itself. README's architecture
 * shows the same. Dynamic imports and imports of types count.
 */
const LAYERS = {
  files: [],
  language: [],
  calculus: [],
  network: [],
  dataset: ['files', 'network'],
  kernels: ['network', 'dataset'],
  tensorflow: ['files'],
  engines: ['calculus', 'network', 'dataset', 'kernels', 'tensorflow'],
  formats: ['files'],
  training: ['files', 'network', 'dataset', 'kernels', 'engines', 'formats'],
  grader: ['files', 'calculus', 'network', 'dataset', 'kernels', 'engines', 'formats', 'training'],
  pictures: ['files'],
  plots: ['calculus', 'training'],
  sweep: ['files', 'network', 'dataset', 'kernels', 'engines', 'training', 'plots'],
  report: ['files', 'language', 'network', 'dataset', 'engines', 'training', 'pictures', 'plots', 'sweep'],
};

const layers = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: [`^src/errors\\.ts$`, ...[layer, ...allowed].map((name) => `^src/${name}/`)] },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-loose-files',
      severity: 'error',
      from: { path: '^src/[^/]+$', pathNot: '^src/(index|errors)\\.ts$' },
      to: {},
    },
    ...layers,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^src/kernels/assembly/' },
    doNotFollow: { path: 'node_modules' },
  },
};
