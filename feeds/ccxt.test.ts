import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CcxtBench, NOW, useCcxt } from '../test/doubles/ccxt-harness.ts';
import { come } from '../test/doubles/wire.ts';
import { MINUTE } from '../test/stages/stage.ts';

const HOUR = 60 * MINUTE;

const { setUp, streaming } = useCcxt();

const gone = (child: ChildProcess): Promise<void> => come(() => child.exitCode !== null || child.signalCode !== null);
const gaps = ({ events }: CcxtBench) => events.flatMap((event) => (event.type === 'gap' ? [event.open] : []));

describe('a feed through ccxt', { timeout: 60_000 }, () => {
  it('loses nothing when its process is killed in the middle of the stream', async () => {
    const made = await streaming();
    const { exchange, time } = made;
    for (let i = 0; i < 20; i++) {
      exchange.trade('BTC/USDT', 101 + i, 1);
      if (i === 10) made.child().kill('SIGKILL');
      await time.advance(50);
    }
    await gone(made.child());
    exchange.trade('BTC/USDT', 200, 1);
    await made.until(() => made.feed.status().state === 'live' && made.trades().length === 22);
    expect(made.trades().map(({ price }) => price)).toEqual([
      100,
      ...Array.from({ length: 20 }, (_, i) => 101 + i),
      200,
    ]);
    expect(gaps(made)).toEqual([true, false]);
    const at = made.events.findIndex((event) => event.type === 'gap' && !event.open);
    expect(made.events.slice(at).filter((event) => event.type === 'trade')).toEqual([]);
    expect(made.feed.status().counters).toMatchObject({ reconnects: 1, malformed: 0 });
    exchange.trade('BTC/USDT', 201, 1);
    await made.until(() => made.trades().length === 23);
  });

  it.each(['crash', 'hog'] as const)('begins anew, and fetches what is missing, after a %s', async (fault) => {
    const made = await streaming('double', 64);
    const child = made.child();
    made.exchange.fault(fault);
    await gone(child);
    expect(made.feed.status()).toMatchObject({ state: 'down', tries: 1 });
    const why = fault === 'crash' ? /it ended with 1: Error: a bug in the library/ : /SIGABRT.*heap out of memory/;
    expect(made.feed.status().detail).toMatch(why);
    made.exchange.trade('BTC/USDT', 102, 1);
    await made.until(() => made.feed.status().state === 'live' && made.trades().length === 2);
    expect(made.trades()[1].price).toBe(102);
  });

  it('ends a process that does not answer for half a minute, and begins anew', async () => {
    const made = await streaming();
    const child = made.child();
    made.exchange.fault('hang');
    made.exchange.trade('BTC/USDT', 102, 1);
    await made.time.advance(29_000);
    expect(child.killed).toBe(false);
    await made.time.advance(11_000);
    await gone(child);
    await made.until(() => made.feed.status().state === 'live' && made.trades().length === 2);
    expect(made.trades().map(({ price }) => price)).toEqual([100, 102]);
  });

  it('tries for ever, longer each time, while no process can live', async () => {
    const made = await setUp();
    const started: number[] = [];
    made.feed.watch(['btcusdt']);
    for (let i = 0; i < 10; i++) {
      await made.until(() => made.children.all.length === i + 1, 1000);
      started.push(made.time.now());
      made.child().kill('SIGKILL');
      await gone(made.child());
    }
    const waits = started.slice(1).map((at, i) => at - started[i]);
    expect(waits[0]).toBeLessThanOrEqual(1000);
    expect(waits.at(-1)).toBeGreaterThan(90_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(301_000);
    expect(made.feed.status()).toMatchObject({ state: 'down', tries: 10 });
  });

  it('changes the process after twelve hours; the old one ends only when the new one is ready', async () => {
    const made = await streaming();
    const [old] = made.children.all;
    await made.pass(13.2 * HOUR, 20_000);
    await made.until(() => made.feed.status().state === 'live');
    expect(made.children.all).toHaveLength(2);
    await gone(old);
    expect(made.feed.status()).toMatchObject({ tries: 0, counters: { reconnects: 1 } });
    made.exchange.trade('BTC/USDT', 102, 1);
    await made.until(() => made.trades().length === 2 && made.feed.status().state === 'live');
    expect(gaps(made).at(-1)).toBe(false);
  });

  it('subscribes anew where the sockets were cut, and fetches what is missing', async () => {
    const made = await streaming();
    made.exchange.cut();
    made.exchange.trade('BTC/USDT', 102, 1);
    await made.until(() => made.exchange.subscribed('trades BTC/USDT') === 1);
    made.exchange.trade('BTC/USDT', 103, 1);
    await made.until(() => made.feed.status().state === 'live' && made.trades().length === 3);
    expect(made.trades().map(({ price }) => price)).toEqual([100, 102, 103]);
    expect(made.children.all).toHaveLength(1);
  });

  it('puts 1m bars in the place of trades that the venue does not list', async () => {
    const made = await streaming('plain');
    const child = made.child();
    child.kill('SIGKILL');
    await gone(child);
    made.exchange.trade('BTC/USDT', 105, 2);
    await made.until(() => made.feed.status().state === 'live', 1000);
    const bars = made.events.flatMap((event) => (event.type === 'bars' ? event.bars : []));
    expect(bars[0]).toMatchObject({ start: NOW, open: 100, high: 105, close: 105, volume: 3 });
    expect(bars.slice(1).every(({ close, volume }) => close === 105 && volume === 0)).toBe(true);
    made.exchange.trade('BTC/USDT', 106, 1);
    await made.until(() => made.trades().length === 2);
  });

  it('ends when its parent is gone', async () => {
    const made = await streaming();
    const child = made.child();
    child.disconnect();
    await gone(child);
    expect(child.exitCode).toBe(0);
  });
});

describe('a stream that falls silent', { timeout: 60_000 }, () => {
  /** Two symbols that trade every second, of which the first is then streamed no more. */
  async function stalled(id: string): Promise<CcxtBench> {
    const made = await streaming(id);
    made.feed.watch(['ethusdt']);
    await made.until(() => made.exchange.subscribed('trades ETH/USDT') === 1);
    for (let i = 0; i < 15; i++) {
      made.exchange.trade('BTC/USDT', 101, 1);
      made.exchange.trade('ETH/USDT', 10, 1);
      await made.pass(1000);
    }
    made.exchange.mute('trades BTC/USDT');
    return made;
  }

  async function seconds(made: CcxtBench, count: number, isSilent = false): Promise<void> {
    for (let i = 0; i < count; i++) {
      if (!isSilent) made.exchange.trade('BTC/USDT', 102, 1);
      made.exchange.trade('ETH/USDT', 10, 1);
      await made.pass(1000);
    }
  }

  it('is subscribed to anew, alone, and what it missed is fetched', async () => {
    const made = await stalled('double');
    await seconds(made, 45);
    await made.until(() => made.feed.status().state === 'live');
    const ours = made.trades().filter(({ instrument }) => instrument === 'ccxt:double:btcusdt');
    expect(ours).toHaveLength(61);
    expect(made.children.all).toHaveLength(1);
    expect(made.exchange.subscribed('trades BTC/USDT')).toBe(1);
  });

  it('takes the process with it when it happens again, or where ccxt cannot end one stream', async () => {
    const made = await stalled('double');
    await seconds(made, 45);
    made.exchange.mute('trades BTC/USDT');
    await seconds(made, 45);
    await made.until(() => made.children.all.length === 2 && made.feed.status().state === 'live');
    expect(made.trades().filter(({ instrument }) => instrument.endsWith('btcusdt'))).toHaveLength(106);
    await made.feed.stop();
    await made.exchange.stop();
    const plain = await stalled('plain');
    await seconds(plain, 45);
    await plain.until(() => plain.children.all.length === 2);
  });

  it('is left alone where the venue lists no new trade either', async () => {
    const made = await stalled('double');
    await seconds(made, 100, true);
    expect(gaps(made)).toEqual([]);
    expect(made.exchange.requests.filter((path) => path.startsWith('/trades BTC'))).not.toEqual([]);
    expect(made.exchange.subscribed('trades BTC/USDT')).toBe(0);
  });
});
