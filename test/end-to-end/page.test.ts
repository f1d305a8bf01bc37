import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser/launch.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

describe('the status page of the demonstration', { timeout: 90_000 }, () => {
  let program: Program;
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [program, browser] = await Promise.all([
      startProgram({ DATABASE_URL: `file:${folder.path}/test.db`, SIM_RATE: '1200' }, 'sources'),
      launchBrowser(),
    ]);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await program?.end('SIGTERM');
    await folder?.drop();
  });

  it('answers typed commands, with the chart as an image, and shows an alert when it fires', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(program.url);
    const type = async (text: string): Promise<void> => {
      const input = page.getByRole('combobox');
      await input.fill(text);
      await input.press('Enter');
    };
    await type('/chart ethusdt 5m');
    const image = page.getByRole('img', { name: /^ethusdt 5m chart/ });
    await image.waitFor();
    await expect
      .poll(() => image.evaluate((node) => (node as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(2000);

    await type('/alert btcusdt z>2');
    await page.getByText('btcusdt z > 2').first().waitFor();
    await type('/alerts');
    await page.getByText(/1 of 25/).waitFor();

    // The simulator trades several times a second, and each second's count begins anew.
    await type('/alert btcusdt 1s trades > 1');
    await page
      .getByText(/🔔.*trades > 1.* at [\d,.]+/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});
