import { readFileSync } from 'node:fs';

/** The kernels, compiled, or why this Node.js cannot run them. */
export type Kernels = { readonly module: WebAssembly.Module } | { readonly missing: string };

let loaded: Kernels | undefined;

/** Reads and compiles, once, what the build has made of assembly/ and laid beside this file. */
export function loadKernels(): Kernels {
  return (loaded ??= compile());
}

function compile(): Kernels {
  if (!('WebAssembly' in globalThis)) return { missing: 'this Node.js runs without WebAssembly' };
  const bytes = readFileSync(new URL('./kernel.wasm', import.meta.url));
  if (!WebAssembly.validate(bytes)) return { missing: 'WebAssembly has no SIMD on this machine' };
  return { module: new WebAssembly.Module(bytes) };
}
