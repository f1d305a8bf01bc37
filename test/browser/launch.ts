import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';

const manifest = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../../package.json');
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
const HOME = join(tmpdir(), `bellwether-chromium-${version}`);

/** Runs `task` with other environment variables. */
async function withEnv<T>(values: Readonly<Record<string, string>>, task: () => Promise<T>): Promise<T> {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  try {
    return await task();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/**
 * The browser's folder: the binary, `al2023/lib` with the libraries that a bare system lacks (NSS, NSPR, expat), fonts. The package
 * unpacks the libraries only where it believes to be in a Lambda, and takes a half-written binary of a killed run for a whole
 * one: so it unpacks into a fresh folder that gets its name when it is complete.
 */
async function unpack(): Promise<string> {
  if (existsSync(HOME)) return HOME;
  const fresh = await mkdtemp(`${HOME}-`);
  await withEnv(
    { TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x', LD_LIBRARY_PATH: '', FONTCONFIG_PATH: '' },
    async () => {
      const { default: chromium } = await import('@sparticuz/chromium');
      await chromium.executablePath();
    },
  );
  try {
    await rename(fresh, HOME);
  } catch {
    // Another run was faster: its folder is as good.
    await rm(fresh, { recursive: true });
  }
  return HOME;
}

/**
 * A headless browser from npm alone. The package's own flags are left out: they put everything into one process, switch web
 * security off, and draw with SwiftShader on a thread of the browser, whose setenv now and then kills it at the start.
 *
 * @param fonts folders of fonts beside its own one, which has neither arrows nor emoji
 */
export async function launchBrowser(fonts: readonly string[] = []): Promise<Browser> {
  const home = await unpack();
  const scratch = join(home, 'scratch');
  await mkdir(scratch, { recursive: true });
  // The package's own file names /tmp/fonts; without any font every text is empty and nothing counts as visible.
  const known = join(scratch, fonts.length === 0 ? 'fonts.conf' : 'more-fonts.conf');
  const folders = [join(home, 'fonts'), ...fonts].map((folder) => `<dir>${folder}</dir>`).join('');
  const cache = `<cachedir>${join(scratch, 'fonts')}</cachedir>`;
  await writeFile(known, `<?xml version="1.0"?><fontconfig>${folders}${cache}</fontconfig>`);
  return playwright.launch({
    executablePath: join(home, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: scratch,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: known,
    },
  });
}
