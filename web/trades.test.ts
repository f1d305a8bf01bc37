import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type WebFixture } from '../test/browser/web-fixture.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { textStream } from './text-stream.ts';

let web: WebFixture;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.server.stop());

describe('GET /api/trades', () => {
  it('gives trades with what is promised of them, oldest first', async () => {
    const reply = await web.send('/api/trades/btcusdt');
    expect(reply.headers['content-type']).toContain('application/json');
    expect(reply.json()).toEqual({
      instrument: 'binance:btcusdt',
      trades: [
        { ts: 1_700_000_000_000, price: 64_400.5, size: 0.25, side: 'buy', id: '11' },
        { ts: 1_700_000_000_500, price: 64_400, size: 1, side: 'sell', id: '12' },
        { ts: 1_700_000_001_000, price: 64_401, size: 1e-8, side: null, id: '=13' },
      ],
    });
  });

  it('keeps to the range and the number', async () => {
    const ids = async (query: string) =>
      ((await web.send(`/api/trades/btcusdt?${query}`)).json() as { trades: { id: string }[] }).trades.map(
        ({ id }) => id,
      );
    expect(await ids('from=1700000000500')).toEqual(['12', '=13']);
    expect(await ids('to=1700000000500')).toEqual(['11']);
    expect(await ids('limit=1')).toEqual(['=13']);
    expect(await ids('from=1&to=2')).toEqual([]);
  });

  it.each([
    ['/api/trades/btcusdt?format=csv', undefined],
    ['/api/trades/btcusdt', 'text/csv'],
  ])('gives CSV for %s with accept %s, its formulas disarmed', async (path, accept) => {
    const reply = await web.send(path, accept === undefined ? {} : { headers: { accept } });
    expect(reply.headers['content-type']).toContain('text/csv');
    expect(reply.headers['content-disposition']).toBe('attachment; filename="binance-btcusdt-trades.csv"');
    expect(reply.body.split('\r\n')).toEqual([
      'ts,price,size,side,id',
      '1700000000000,64400.5,0.25,buy,11',
      '1700000000500,64400,1,sell,12',
      "1700000001000,64401,1e-8,,'=13",
      '',
    ]);
  });

  it.each([
    ['/api/trades/nothing', 404],
    ['/api/trades/btcusdt?from=5&to=5', 400],
    ['/api/trades/btcusdt?limit=0', 400],
  ])('answers %s with %d', async (path, status) => {
    expect((await web.send(path)).status).toBe(status);
  });

  it('answers with a status where nothing could be read at all', async () => {
    web.ports.failNext(new Error('broken'));
    expect((await web.send('/api/trades/btcusdt?format=json')).status).toBe(500);
  });
});

describe('a streamed body', () => {
  it('makes no more than is read, and ends its source with the reader', async () => {
    let made = 0;
    let isEnded = false;
    async function* source() {
      try {
        for (;;) yield `${made++}`;
      } finally {
        isEnded = true;
      }
    }
    const reader = (await textStream(source(), createSilentLog())).getReader();
    for (let i = 0; i < 3; i++) await reader.read();
    expect(made).toBeLessThanOrEqual(5);
    await reader.cancel();
    expect(isEnded).toBe(true);
  });
});
