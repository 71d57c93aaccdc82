// For node --import: simulates that BullMQ is not installed.
import { register } from 'node:module';

const hook = `export function resolve(name, context, next) {
  if (name !== 'bullmq') return next(name, context);
  throw Object.assign(new Error('Cannot find package bullmq'), { code: 'ERR_MODULE_NOT_FOUND' });
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
