import { createCanvas } from '@napi-rs/canvas';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../engine/clock.ts';
import { createPagePlatform, PAGE_ADDRESS, type PagePlatform } from '../../web/page-platform.ts';
import { createWebServer, type WebServer } from '../../web/server.ts';
import { createFakePorts, createRecordingLogger, type FakePorts, HEALTHY } from './fake-ports.ts';
import { launchBrowser } from './launch.ts';

const clock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** Something with the measures of a chart that a person can tell from an empty picture. */
function drawChart(): Uint8Array {
  const canvas = createCanvas(2000, 1200);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fdfdfb';
  context.fillRect(0, 0, 2000, 1200);
  for (let index = 0; index < 90; index++) {
    const middle = 600 - 200 * Math.sin(index / 14) + 40 * Math.sin(index * 1.9);
    context.fillStyle = Math.sin(index * 1.9) > 0 ? '#2d9d63' : '#d1432f';
    context.fillRect(60 + index * 21, middle - 30, 13, 60 + 20 * Math.cos(index));
    context.fillRect(65 + index * 21, middle - 60, 3, 130);
  }
  return canvas.toBuffer('image/png');
}

let ports: FakePorts;
let platform: PagePlatform;
let server: WebServer;
let browser: Browser;
let url: string;

beforeAll(async () => {
  ports = createFakePorts({ now: clock.now, png: drawChart() });
  const minute = 60_000;
  ports.setFirings([
    { id: 'r1.4', ts: Date.now() - 2 * minute, instrument: 'binance:btcusdt', rule: 'btcusdt z > 2', price: 64_310.4 },
    {
      id: 'r2.1',
      ts: Date.now() - 41 * minute,
      instrument: 'binance:solusdt',
      rule: 'solusdt > 180',
      price: 181.35,
      late: 252_000,
    },
    {
      id: 'r3.9',
      ts: Date.now() - 190 * minute,
      instrument: 'binance:ethusdt',
      rule: 'ethusdt rsi(14)@1h < 30 and close > ema(200)',
      price: 3_398.2,
    },
  ]);
  platform = createPagePlatform(clock);
  server = createWebServer({
    host: '127.0.0.1',
    port: 0,
    version: '0.1.0',
    ports,
    page: platform,
    clock,
    logger: createRecordingLogger(),
  });
  const { port } = await server.start();
  await platform.start(ports.service);
  url = `http://127.0.0.1:${port}/`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Visit {
  readonly page: Page;
  /** What the browser complained about: script errors, refused or missing files, broken policy. */
  readonly complaints: string[];
}

async function visit(width: number, height: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  await page.locator('body[data-link=up]').waitFor();
  await page.locator('#console:not([hidden])').waitFor();
  return { page, complaints };
}

/** For the eye: kept only where somebody asks for them. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function run(page: Page, text: string): Promise<void> {
  await page.getByLabel('Command').fill(text);
  await page.getByLabel('Command').press('Enter');
}

/** The lowest contrast of any visible text with what lies behind it, after WCAG 2.2, and whose it is. */
const LOWEST_CONTRAST = `(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node) => {
    const colour = parse(getComputedStyle(node).backgroundColor);
    return colour.length === 4 && colour[3] === 0 ? behind(node.parentElement) : colour;
  };
  let worst = { ratio: 21, who: '', seen: 0 };
  for (const node of document.body.querySelectorAll('*')) {
    const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '');
    if (!text || node.closest('.sr, .skip, noscript, [hidden]') || node.getClientRects().length === 0) continue;
    const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    worst = { ...(ratio < worst.ratio ? { ratio, who: node.outerHTML.slice(0, 80) } : worst), seen: worst.seen + 1 };
  }
  return worst;
})()`;

describe('the status page in a browser', () => {
  it('shows what the program knows and complains of nothing', async () => {
    const { page, complaints } = await visit(1280, 860);
    expect(await page.locator('#overall-text').textContent()).toBe('All is well');
    expect(await page.getByRole('row', { name: /btcusdt/ }).textContent()).toContain('64,402.10');
    expect(await page.getByRole('row', { name: /telegram/ }).textContent()).toContain('live');
    expect(await page.locator('.firing-list').textContent()).toContain('late 4m12s');
    expect(await page.locator('[data-name=sent] dd').textContent()).toBe('1,204');
    expect(await page.locator('#zone').textContent()).toBe('Times in Europe/Berlin');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('leads the keyboard past the conversation to the command line', async () => {
    const { page } = await visit(1280, 860);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the command line');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('input');
    await page.context().close();
  });

  it('answers a chart command with the picture and lets a button change it', async () => {
    const { page, complaints } = await visit(1280, 860);
    await run(page, '/chart ethusdt 5m');
    const image = page.getByRole('img', { name: 'Candles of ethusdt 5m' }).last();
    await image.waitFor();
    await expect
      .poll(() => image.evaluate((node) => (node as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(2000);
    await page.getByRole('button', { name: '1h' }).last().click();
    await page.getByRole('img', { name: 'Candles of ethusdt 1h' }).waitFor();
    expect(ports.presses).toContain('c1h');
    await page.getByRole('button', { name: 'Alert' }).last().click();
    await page.getByText('Saved.').waitFor();
    await run(page, '/alert btcusdt z>2');
    await page.getByText('z-score of the close').waitFor();
    expect(await page.locator('strong', { hasText: 'btcusdt z>2' }).count()).toBe(1);
    await shoot(page, 'console');
    await page.reload();
    await page.getByText('z-score of the close').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('never takes an answer for markup', async () => {
    const { page } = await visit(1280, 860);
    await run(page, '/help <img src=x>');
    await page.locator('pre', { hasText: '<b>not markup</b>' }).last().waitFor();
    await page.locator('.message.you', { hasText: '<img src=x>' }).waitFor();
    expect(await page.locator('.message b, .message img[src=x]').count()).toBe(0);
    await page.context().close();
  });

  it('moves the price, the firings and the state as they come', async () => {
    const { page } = await visit(1280, 860);
    ports.emit({
      type: 'trade',
      instrument: 'binance:btcusdt',
      ts: Date.now(),
      price: 65_000.5,
      size: 0.1,
      side: 'buy',
      id: '1',
    });
    await page.getByText('65,000.50').waitFor();
    ports.emit({
      type: 'firing',
      id: 'r9.1',
      ts: Date.now(),
      instrument: 'binance:ethusdt',
      rule: 'ethusdt > 3.4k',
      price: 3_401,
    });
    await page.locator('.firing-list li', { hasText: '> 3.4k' }).waitFor();
    ports.setHealth({
      ...HEALTHY,
      feeds: [
        HEALTHY.feeds[1]!,
        {
          name: 'binance',
          state: 'stale',
          lastMessageAgeMs: 125_000,
          symbols: 1,
          detail: 'no trades for 2 min, try 4',
        },
      ],
    });
    ports.emit({ type: 'status' });
    await page.getByText('Degraded: binance stale').waitFor();
    await platform.send(
      PAGE_ADDRESS,
      { text: ['🔔 ', { bold: 'btcusdt z > 2' }, ' → ', { bold: '2.31' }, ' at 64,402.10'] },
      'n1',
    );
    await page.locator('.message[data-pushed]', { hasText: '2.31' }).waitFor();
    await shoot(page, 'degraded');
    ports.setHealth(HEALTHY);
    await page.context().close();
  });

  it('completes by keyboard alone and recalls what was typed', async () => {
    const { page } = await visit(1280, 860);
    const input = page.getByLabel('Command');
    await input.pressSequentially('/ch');
    await page.getByRole('option', { name: '/chart' }).waitFor();
    await shoot(page, 'completion');
    await input.press('Tab');
    expect(await input.inputValue()).toBe('/chart ');
    await input.pressSequentially('et');
    await page.getByRole('option', { name: 'ethusdt' }).waitFor();
    await input.press('ArrowDown');
    expect(await input.getAttribute('aria-activedescendant')).toBe('option-0');
    await input.press('Enter');
    expect(await input.inputValue()).toBe('/chart ethusdt');
    await input.press('Enter');
    await expect.poll(() => ports.calls.at(-1)).toMatchObject({ command: 'chart', text: 'ethusdt' });
    await input.press('ArrowUp');
    expect(await input.inputValue()).toBe('/chart ethusdt');
    await page.context().close();
  });

  it('completes a rule at the cursor, tells what each word means, and closes with Escape', async () => {
    const { page } = await visit(1280, 860);
    const input = page.getByLabel('Command');
    await input.pressSequentially('/alert btcusdt rs');
    await page.getByRole('option', { name: 'rsi(length=14) relative strength index' }).waitFor();
    expect(await input.getAttribute('aria-expanded')).toBe('true');
    await input.press('Escape');
    expect(await input.getAttribute('aria-expanded')).toBe('false');
    await input.pressSequentially('x < 30');
    for (let i = 0; i < 6; i++) await input.press('ArrowLeft');
    await input.press('Backspace');
    await page.getByRole('option', { name: 'rsi(length=14)' }).waitFor();
    await input.press('Tab');
    expect(await input.inputValue()).toBe('/alert btcusdt rsi < 30');
    await page.context().close();
  });

  it.each([
    ['phone', 320, 640, 'light'],
    ['phone', 320, 640, 'dark'],
    ['desktop', 1280, 860, 'light'],
    ['desktop', 1280, 860, 'dark'],
  ] as const)('fits a %s of %i x %i, %s', async (name, width, height, scheme) => {
    const { page, complaints } = await visit(width, height, scheme);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe(scheme === 'light' ? 'rgb(250, 249, 246)' : 'rgb(20, 21, 19)');
    const contrast = (await page.evaluate(LOWEST_CONTRAST)) as { ratio: number; who: string; seen: number };
    expect(contrast.ratio, contrast.who).toBeGreaterThanOrEqual(4.5);
    expect(contrast.seen).toBeGreaterThan(20);
    await shoot(page, `${name}-${scheme}`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
