import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** URL of the installed ccxt; undefined where it is not installed. */
export function installedCcxt(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve('ccxt')).href;
  } catch {
    return undefined;
  }
}
