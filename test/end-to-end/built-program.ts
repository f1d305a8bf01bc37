import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is started by its file: the program, its threads and its processes. */
const STARTED = [
  'main.ts',
  'app/backtests/search-worker.ts',
  'app/backtests/worker.ts',
  'app/desk/worker.ts',
  'app/preflight/worker.ts',
  'charts/worker.ts',
  'feeds/ccxt/worker.ts',
  'scripts/backup.ts',
  'scripts/restore.ts',
];

/** Modules find what lies beside their source, but for what is started, which is built too. */
const sameAddresses = (folder: string): Plugin => ({
  name: 'same-addresses',
  setup(on) {
    on.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const built = (_: string, file: string): string => {
        const started = relative(ROOT, resolve(dirname(path), file));
        if (!STARTED.includes(started)) throw new Error(`${started} is started and not built`);
        return `new URL('${pathToFileURL(join(folder, started)).href.replace(/ts$/, 'js')}')`;
      };
      const contents = readFileSync(path, 'utf8')
        .replace(/new URL\('([^']+\.ts)', import\.meta\.url\)/g, built)
        .replaceAll('import.meta.url', `'${pathToFileURL(path).href}'`);
      return { contents, loader: 'ts' };
    });
  },
});

/**
 * Puts the program into a few files for all tests that start it: reading its thousand modules one by one takes two seconds of the
 * processor at each start. What concerns the start itself is tested on the sources.
 */
export async function setup(): Promise<() => void> {
  // Packages are found from here, and a new `npm ci` clears what a killed run left.
  const parent = join(ROOT, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bellwether-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: STARTED,
    outdir: folder,
    outbase: ROOT,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: [sameAddresses(folder)],
  });
  process.env.BUILT_PROGRAM = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
