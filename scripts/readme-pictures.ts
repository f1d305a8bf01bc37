import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from '../app/app.ts';
import { createLogger } from '../app/part-logger.ts';
import { readConfig } from '../config.ts';
import { SECOND } from '../engine/market/interval.ts';
import { launchBrowser } from '../test/browser/launch.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';

/**
 * Makes the pictures of the README through the program itself, on the simulator's prices of a fixed day:
 * `node --import tsx scripts/readme-pictures.ts [FOLDER [FONTS]]`. Among the fonts there has to be one with emoji, as Noto Color Emoji.
 */
const [FOLDER = 'docs/images', FONTS = '/usr/share/fonts'] = process.argv.slice(2);
const BEGIN = Date.UTC(2026, 2, 12, 13, 30);
/** How long the alert may take, in seconds of the market. */
const LONGEST_SECONDS = 4 * 3600;

interface PageMessage {
  readonly pushed: boolean;
  readonly text: readonly (string | Readonly<Record<string, string>>)[];
  readonly picture?: { readonly url: string };
}

const time = createManualClock(BEGIN);
const config = readConfig({ DATABASE_URL: ':memory:', HTTP_PORT: '0', LOG_LEVEL: 'warn' });
const app = await startApp({ config, clock: time.clock, log: createLogger(config.LOG_LEVEL) });
const site = `http://127.0.0.1:${app.port}`;

async function ask(text: string): Promise<PageMessage> {
  const body = JSON.stringify({ text });
  const answer = await fetch(`${site}/api/console`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return ((await answer.json()) as { messages: PageMessage[] }).messages[0];
}

async function newest(): Promise<PageMessage | undefined> {
  const answer = await fetch(`${site}/api/console`);
  return ((await answer.json()) as { messages: PageMessage[] }).messages.at(-1);
}

/** Gives threads and disks their time, and the market next to none. */
async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await time.advance(1);
}

const wordsOf = (message: PageMessage): string =>
  message.text.map((span) => (typeof span === 'string' ? span : Object.values(span)[0])).join('');

async function save(name: string, message: PageMessage): Promise<void> {
  if (message.picture === undefined) throw new Error(`no picture: ${wordsOf(message)}`);
  const png = await fetch(new URL(message.picture.url, `${site}/`));
  const file = join(FOLDER, name);
  await writeFile(file, Buffer.from(await png.arrayBuffer()));
  console.log(`${file}\n${wordsOf(message)}\n`);
}

async function hasFired(): Promise<boolean> {
  const answer = await fetch(`${site}/api/status`);
  return ((await answer.json()) as { firings: unknown[] }).firings.length > 0;
}

/** Stands still until the rule was tried on its past, in a thread that knows nothing of the market's time. */
async function tried(): Promise<PageMessage> {
  for (let tries = 0; tries < 400; tries++) {
    const last = await newest();
    if (last !== undefined && wordsOf(last).includes('have fired')) return last;
    await pause();
  }
  throw new Error('the rule was not tried on its past');
}

/** Lets the market go on until the alert fires, then stands still until its picture is drawn. */
async function alerted(): Promise<PageMessage> {
  for (let second = 0; second < LONGEST_SECONDS && !(await hasFired()); second++) await time.advance(SECOND);
  for (let tries = 0; tries < 200; tries++) {
    const last = await newest();
    if (last?.pushed === true) return last;
    await pause();
  }
  throw new Error('no alert came');
}

/** The status page, as a visitor of that day sees it. */
async function photograph(name: string): Promise<void> {
  const browser = await launchBrowser([FONTS]);
  try {
    // The narrowest with two columns, and sharper: a phone shows it less than half as wide.
    const page = await browser.newPage({
      viewport: { width: 960, height: 860 },
      deviceScaleFactor: 1.5,
      ...{ locale: 'en-GB', timezoneId: 'UTC' },
    });
    await page.clock.setFixedTime(time.now());
    await page.goto(site);
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(FOLDER, name) });
  } finally {
    await browser.close();
  }
}

try {
  await mkdir(FOLDER, { recursive: true });
  await save('chart.png', await ask('/chart eth 15m ema(50) macd'));
  console.log(wordsOf(await ask('/alert btc z > 2')), '\n');
  console.log(wordsOf(await tried()), '\n');
  await save('alert.png', await alerted());
  console.log(wordsOf(await ask('/why')), '\n');
  await photograph('page.png');
} finally {
  let isStopped = false;
  const stopping = app.stop().finally(() => {
    isStopped = true;
  });
  // A jump would pass the limits of what is only about to be written.
  while (!isStopped) await pause();
  await stopping;
}
