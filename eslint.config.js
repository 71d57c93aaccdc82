import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import ts from 'typescript-eslint';

export default ts.config(
  // AssemblyScript has TypeScript's looks, but its own compiler and its own types.
  { ignores: ['dist/', 'docs/api/', 'node_modules/', '.tfjs-node*/', 'src/kernels/assembly/'] },
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
  {
    // Only cli/ touches the process and speaks to the user. TensorFlow reads its settings from the environment.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/tensorflow/load.ts'],
    rules: { 'no-console': 'error', 'no-restricted-globals': ['error', 'process'] },
  },
  {
    files: ['bin/*.js', '**/*.config.js', 'test/**/*.js', 'bench/*.js', 'tools/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
);
