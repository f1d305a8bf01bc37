import { describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createPagePlatform, PAGE_ADDRESS } from './page-platform.ts';

const PICTURE = { png: new Uint8Array(30), alt: 'a chart', key: 'k1' };

function setup() {
  const manual = createManualClock();
  return { manual, page: createPagePlatform(manual.clock) };
}

describe('the page as a chat platform', () => {
  it('shows one delivery once, however often it is tried', async () => {
    const { page } = setup();
    const events: string[] = [];
    page.subscribe((event) => events.push(event.type));
    const first = await page.send(PAGE_ADDRESS, { text: ['fired'] }, 'n1');
    expect(await page.send(PAGE_ADDRESS, { text: ['fired'] }, 'n1')).toBe(first);
    expect(await page.send(PAGE_ADDRESS, { text: ['fired'] }, 'n2')).not.toBe(first);
    expect(events).toEqual(['message', 'message']);
  });

  it('keeps the file of a message for as long as the message', () => {
    const { page } = setup();
    const file = { name: 'a.csv', bytes: Buffer.from('ts\r\n'), type: 'text/csv' } as const;
    const shown = page.answer({ text: ['look'], file });
    expect(shown.file).toEqual({ url: `api/console/files/${shown.id}`, name: 'a.csv', bytes: 4 });
    expect(page.file(shown.id)).toBe(file);
    page.remove(shown.id);
    expect(page.file(shown.id)).toBeUndefined();
  });

  it('has one chat alone', async () => {
    const { page } = setup();
    const failure = await page
      .send({ platform: 'page', chat: 'other' }, { text: [] }, 'n')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportError);
    expect(failure).toMatchObject({ retryable: false, reason: 'blocked' });
    expect(page.history()).toEqual([]);
  });

  it('keeps the last 50 messages and their pictures alone', () => {
    const { page } = setup();
    const ids = Array.from({ length: 60 }, (_, n) => page.answer({ text: [String(n)], picture: PICTURE }).id);
    expect(page.history().map((message) => message.text[0])).toEqual(
      Array.from({ length: 50 }, (_, n) => String(n + 10)),
    );
    expect(page.picture(ids[9]!)).toBeUndefined();
    expect(page.picture(ids[10]!)).toBe(PICTURE.png);
  });

  it('gives an edited picture another address, and keeps when the message came', async () => {
    const { manual, page } = setup();
    const before = page.answer({ text: ['5m'], picture: PICTURE });
    await manual.advance(5_000);
    const after = page.edit(before.id, { text: ['1h'], picture: { ...PICTURE, key: 'k2' } });
    expect(after).toMatchObject({ id: before.id, ts: before.ts, text: ['1h'] });
    expect(after!.picture!.url).not.toBe(before.picture!.url);
    expect(page.edit('gone', { text: [] })).toBeUndefined();
  });

  it('gives a delivered message other words in place, on every open page, and leaves its picture', async () => {
    const { manual, page } = setup();
    const events: unknown[] = [];
    const first = [[{ label: 'Ledger', data: 'x' }]] as never;
    const id = await page.send(PAGE_ADDRESS, { text: ['long'], picture: PICTURE, buttons: first }, 'n1');
    const [before] = page.history();
    page.subscribe((event) => events.push(event));
    await manual.advance(5_000);
    expect(await page.amend!(PAGE_ADDRESS, id, { text: ['target hit'] })).toBe(true);
    const { buttons: _gone, ...rest } = before!;
    expect(page.history()).toEqual([{ ...rest, text: ['target hit'] }]);
    expect(events).toEqual([{ type: 'edit', message: page.history()[0] }]);
    expect(page.picture(id)).toBe(PICTURE.png);
    expect(await page.amend!(PAGE_ADDRESS, 'gone', { text: ['x'] })).toBe(false);
  });

  it('forgets what is taken away', () => {
    const { page } = setup();
    const { id } = page.answer({ text: ['x'], picture: PICTURE });
    page.remove(id);
    expect([page.history(), page.picture(id)]).toEqual([[], undefined]);
  });

  it('tells whether it serves', async () => {
    const { page } = setup();
    expect(page.status().state).toBe('off');
    await page.start({ commands: [] } as never);
    expect(page.status().state).toBe('live');
    await page.stop();
    expect(page.status().state).toBe('off');
  });
});
