import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import ts from 'typescript-eslint';

/** Who may import whom, as the README's architecture says; whatever is not listed is closed. */
const LAYERS = {
  calculus: [],
  network: [],
  pictures: [],
  formats: [],
  plots: ['calculus'],
  report: ['network', 'pictures', 'plots'],
  dataset: ['network'],
  kernels: ['network', 'dataset'],
  tensorflow: [],
  gradients: ['calculus', 'network', 'dataset', 'kernels', 'tensorflow'],
  training: ['gradients', 'network', 'dataset', 'kernels', 'formats'],
  cli: [
    ...['calculus', 'network', 'pictures', 'formats', 'plots', 'report', 'dataset', 'kernels', 'tensorflow'],
    ...['gradients', 'training'],
  ],
};

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: Object.keys(LAYERS)
          .filter((other) => other !== layer && !allowed.includes(other))
          .map((other) => ({
            group: [`**/${other}/**`],
            message: `${layer} may import ${allowed.join(', ') || 'no other layer'}`,
          })),
      },
    ],
    // Only cli/ touches the process and speaks to the user.
    ...(layer !== 'cli' && { 'no-console': 'error', 'no-restricted-globals': ['error', 'process'] }),
  },
}));

export default ts.config(
  // AssemblyScript has TypeScript's looks, but its own compiler and its own types.
  { ignores: ['dist/', 'node_modules/', '.tfjs-node*/', 'src/kernels/assembly/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.recommended, jsdoc.configs['flat/contents-typescript']],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'jsdoc/informative-docs': 'off',
      'jsdoc/match-description': 'off',
      'jsdoc/convert-to-jsdoc-comments': 'off',
    },
  },
  ...layerRules,
  {
    files: ['bin/*.js', '**/*.config.js', 'test/**/*.js', 'bench/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
);
