import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, someone, textOf } from '../test/doubles/command-harness.ts';
import { createCommandService } from './create-service.ts';

let harness: CommandHarness;
beforeAll(async () => {
  harness = await createCommandHarness();
});
afterAll(() => harness.drop());

const feed = (name: string, state: string) => ({
  name,
  state,
  ageMs: undefined,
  detail: undefined,
  sinceMs: 0,
  watched: 0,
});

/** Answers of a bot that has `sim`, and the venues of `down`, which have not told what they list. */
async function answer(line: string, down: readonly string[] = []) {
  const { market } = harness.ports;
  const feeds = [...market.feeds(), ...down.map((name) => feed(name, 'down'))];
  const ports = { ...harness.ports, market: { ...market, feeds: () => feeds, unlisted: () => down } };
  const [, command, text] = /^\/(\S+)\s*(.*)$/.exec(line) ?? [];
  return createCommandService(ports).run({ asker: someone(), command, text });
}

const reply = async (line: string, down: readonly string[] = []) => textOf(await answer(line, down));
const labels = async (line: string) => (await answer(line)).buttons?.flat().map((button) => button.label);

const DOWN = 'binance cannot be reached at the moment, so its symbols are not known yet. I keep trying; see /status.';

describe('a symbol of a venue that cannot be reached', () => {
  it.each([
    '/price xrpusdt',
    '/price binance:btcusdt',
    '/chart xrpusdt 5m',
    '/chart binance:btcusdt',
    '/alert xrpusdt > 3',
    '/alert xrp rsi < 30',
    '/alert sol > 200 and binance:btcusdt > 70k',
  ])('is not called unknown: %s', async (line) => expect(await reply(line, ['binance'])).toBe(DOWN));

  it('does not keep the symbols of other venues back', async () => {
    expect(await reply('/price btc', ['binance'])).toMatch(/^btcusdt 60,000\.00 /);
    expect(await reply('/price sim:nope', ['binance'])).toMatch(/^I know no symbol “sim:nope”\./);
  });

  it('is not looked for at a venue that comes later: nobody wants an alert on other prices than meant', async () => {
    const { market } = harness.ports;
    const feeds = [feed('binance', 'down'), ...market.feeds()];
    const ports = { ...harness.ports, market: { ...market, feeds: () => feeds, unlisted: () => ['binance'] } };
    const say = (text: string) => createCommandService(ports).run({ asker: someone(), command: 'alert', text });
    const refused = await say('btc > 70k');
    expect(textOf(refused)).toBe(`${DOWN} There is sim:btcusdt, too.`);
    expect(refused.buttons?.flat().map((button) => button.label)).toEqual(['sim:btcusdt > 70k']);
    expect(textOf(await say('sim:btcusdt > 71k'))).toMatch(/^✅/);
  });

  it('is told of several venues as one', async () => {
    expect(await reply('/price xrp', ['binance', 'kraken'])).toBe(
      'binance and kraken cannot be reached at the moment, so their symbols are not known yet. I keep trying; see /status.',
    );
  });

  it('is told in the first greeting, too', async () => {
    expect(await reply('/start', ['binance'])).toContain(`\n⚠️ ${DOWN}\n`);
    expect(await reply('/start')).not.toContain('⚠️');
  });

  it('is why a quote is not known either', async () => {
    expect(await reply('/settings quote eur', ['binance'])).toBe(DOWN);
  });
});

describe('a symbol of a venue that this bot does not have', () => {
  const FOREIGN = 'binance is not among this bot’s venues (sim). Its operator can add it to FEEDS.';

  it('names the venue, and offers the same symbol of its own', async () => {
    expect(await reply('/price binance:btcusdt')).toBe(FOREIGN);
    expect(await labels('/price binance:btcusdt')).toEqual(['btcusdt']);
    expect(await labels('/price binance:xrpusdt')).toBeUndefined();
    expect(await reply('/chart binance:btcusdt 5m')).toContain(FOREIGN);
    expect(await reply('/alert binance:btcusdt > 70k')).toBe(
      `I can’t read that:\nbinance:btcusdt > 70k\n^^^^^^^^^^^^^^^\n${FOREIGN}`,
    );
    expect(await labels('/alert binance:btcusdt > 70k')).toEqual(['btcusdt > 70k']);
  });

  it('is unknown where nothing was handed in under that name yet', async () => {
    expect(await reply('/price ingest:acme')).toMatch(/^I know no symbol “ingest:acme”\./);
  });
});

describe('a coin by its name', () => {
  it('is offered by its symbol', async () => {
    expect(await reply('/price Bitcoin')).toBe('I know no symbol “Bitcoin”. Did you mean btcusdt?');
    expect(await labels('/alert tell me when ethereum hits 4k')).toEqual(['ethusdt crosses 4k']);
  });
});
