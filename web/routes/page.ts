import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';
import { refuseConsole } from '../access.ts';
import type { WebApp, WebContext, WebEnv } from '../context.ts';

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const FILES: readonly (readonly [route: string, file: string, type: string])[] = [
  ['/', 'index.html', HTML],
  ['/page/style.css', 'style.css', 'text/css; charset=utf-8'],
  ['/page/icon.svg', 'icon.svg', 'image/svg+xml'],
  ...['app', 'console', 'completion', 'dom', 'format', 'live', 'market', 'state'].map(
    (name) => [`/page/${name}.js`, `${name}.js`, SCRIPT] as const,
  ),
];

const FONT_WEIGHTS = [400, 600] as const;

export interface PageFile {
  readonly route: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly cacheControl: string;
}

function pageFile(route: string, type: string, content: Uint8Array, cacheControl: string): PageFile {
  const bytes = Uint8Array.from(content);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { route, type, bytes, etag, cacheControl };
}

/** Reads the page's files, its font among them, once. */
export async function readPageFiles(): Promise<readonly PageFile[]> {
  const folder = new URL('../page/', import.meta.url);
  const { resolve } = createRequire(import.meta.url);
  const own = FILES.map(async ([route, file, type]) =>
    pageFile(route, type, await readFile(fileURLToPath(new URL(file, folder))), 'no-cache'),
  );
  const fonts = FONT_WEIGHTS.map(async (weight) => {
    const path = resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
    return pageFile(`/page/inter-${weight}.woff2`, 'font/woff2', await readFile(path), 'public, max-age=604800');
  });
  return Promise.all([...own, ...fonts]);
}

/** Answers with the file, or 304 where the visitor has this very version. */
export function sendFile(c: Context<WebEnv>, file: PageFile): Response {
  const headers = { etag: file.etag, 'cache-control': file.cacheControl, 'content-type': file.type };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(file.etag)) return c.body(null, 304, headers);
  return c.body(file.bytes, 200, headers);
}

export function addPageRoutes(app: WebApp, { status, apiToken }: WebContext, files: readonly PageFile[]): void {
  for (const file of files) app.get(file.route, (c) => sendFile(c, file));
  app.get('/favicon.ico', (c) => c.redirect('/page/icon.svg', 308));
  app.get('/api/status', async (c) => {
    const console = refuseConsole(c.env.incoming, apiToken) === undefined;
    return c.json({ ...(await status.whole()), console });
  });
}
