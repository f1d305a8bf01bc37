import { describe, expect, it } from 'vitest';
import { type CcxtBench, useCcxt } from '../test/doubles/ccxt-harness.ts';

const { setUp, streaming } = useCcxt();

const GONE = { kind: 'NetworkError', text: 'the exchange cannot be reached\n<html>a page of no use</html>' };
const WHY = 'the exchange cannot be reached';

function cutOff({ exchange }: CcxtBench, isCut: boolean): void {
  for (const path of ['/markets', '/trades', '/ohlcv', '/tickers']) exchange.refuse(path, isCut ? GONE : undefined);
}

const state = ({ feed }: CcxtBench) => feed.status().state;

describe('an exchange that cannot be reached', { timeout: 60_000 }, () => {
  it('has a feed of which nothing is watched be down from the second try on, with the reason, until it answers', async () => {
    const made = await setUp();
    cutOff(made, true);
    await expect(made.feed.instruments()).rejects.toThrow(WHY);
    expect(state(made)).toBe('connecting');
    await expect(made.feed.instruments()).rejects.toThrow(WHY);
    expect(made.feed.status()).toMatchObject({ state: 'down', tries: 2, detail: WHY });
    cutOff(made, false);
    await made.feed.instruments();
    expect(made.feed.status()).toMatchObject({ state: 'live', tries: 0, detail: 'nothing watched' });
    cutOff(made, true);
    await made.time.advance(11 * 60_000);
    await expect(made.feed.instruments()).rejects.toThrow(WHY);
    expect(made.feed.status()).toMatchObject({ state: 'down', detail: WHY });
  });

  it('has what is watched be down, tries on, and is live when it is back', async () => {
    const made = await setUp();
    cutOff(made, true);
    made.feed.watch(['btcusdt']);
    await made.pass(20_000);
    expect(made.feed.status()).toMatchObject({ state: 'down', detail: WHY, streams: { down: 1, live: 0 } });
    expect([...(made.feed.streams?.() ?? [])]).toMatchObject([{ channel: 'trades', symbol: 'btcusdt', state: 'down' }]);
    cutOff(made, false);
    await made.until(() => made.exchange.subscribed('trades BTC/USDT') === 1, 1000);
    made.exchange.trade('BTC/USDT', 100, 1);
    await made.until(() => state(made) === 'live' && made.trades().length === 1);
  });

  it('is told of in one line, without a stack', async () => {
    const made = await setUp();
    cutOff(made, true);
    made.feed.watch(['btcusdt']);
    await made.pass(20_000);
    cutOff(made, false);
    await made.until(() => made.exchange.subscribed('trades BTC/USDT') === 1, 1000);
    made.exchange.fail('trades BTC/USDT', 'NetworkError', GONE.text);
    await made.pass(1000);
    const told = made.log.lines.filter(({ level }) => level === 'warn' || level === 'error');
    expect(told.map(({ fields, message }) => [(fields as { reason?: string }).reason, message])).toEqual([
      [WHY, 'a stream ended'],
    ]);
    expect(told.every(({ fields }) => !('err' in fields))).toBe(true);
  });
});

describe('a stream of which nothing is heard', { timeout: 60_000 }, () => {
  it('is not live before the exchange has answered since', async () => {
    const made = await setUp();
    await made.feed.instruments();
    made.exchange.trade('BTC/USDT', 100, 1, { quiet: true });
    made.exchange.refuse('/trades', GONE);
    made.feed.watch(['btcusdt']);
    const states = new Set<string>();
    for (let i = 0; i < 40; i++) {
      await made.pass(1000);
      states.add(state(made));
    }
    expect([...states].sort()).toEqual(['connecting', 'down']);
    expect(made.feed.status().detail).toBe(WHY);
    made.exchange.refuse('/trades');
    await made.until(() => state(made) === 'live', 1000);
  });

  it('is stale once the whole exchange is silent and does not answer, and live again when it does', async () => {
    const made = await streaming();
    await made.pass(80_000);
    // It was asked, and is there.
    expect(made.exchange.requests.filter((path) => path.startsWith('/trades'))).not.toEqual([]);
    cutOff(made, true);
    await made.pass(100_000);
    expect(made.feed.status()).toMatchObject({ state: 'stale', detail: 'the exchange does not answer' });
    expect([...(made.feed.streams?.() ?? [])].map((stream) => stream.state)).toEqual(['stale']);
    cutOff(made, false);
    await made.until(() => state(made) === 'live', 1000);
    expect(made.feed.status()).not.toHaveProperty('detail');
  });

  it('is still told of by its refusal', async () => {
    const made = await setUp();
    made.feed.watch(['nousdt']);
    await made.pass(1000);
    expect([...(made.feed.streams?.() ?? [])]).toMatchObject([
      { symbol: 'nousdt', state: 'down', refusal: 'the venue does not list it' },
    ]);
  });
});
