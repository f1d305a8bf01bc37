import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../engine/errors.ts';
import { type CommandHarness, createCommandHarness, member, someone, textOf } from '../test/doubles/command-harness.ts';
import type { SimulatorPort } from './ports.ts';

type Order = Parameters<SimulatorPort['order']>[0];

let harness: CommandHarness;
let orders: Order[];
const SIZES = { crash: 0.05, pump: 0.05, gap: 30_000, silence: 120_000, calm: 0 };
const admin = someone({ userId: 'telegram:999' });

beforeEach(async () => {
  orders = [];
  const simulator: SimulatorPort = {
    order(order) {
      if (order.size === '90%')
        throw new UserError('size-wrong', 'The size of a crash must be a share of at most 50 %.');
      orders.push(order);
      return SIZES[order.what];
    },
  };
  harness = await createCommandHarness({ simulator });
});
afterEach(() => harness.drop());

const reply = async (line: string, asker = admin) => textOf(await harness.say(line, asker));

describe('/sim', () => {
  it.each([
    ['/sim crash btcusdt 5%', { what: 'crash', symbol: 'btcusdt', size: '5%' }, /^btcusdt falls by 5/],
    ['/sim crash 5% btc', { what: 'crash', symbol: 'btcusdt', size: '5%' }, /^btcusdt falls/],
    ['/sim pump', { what: 'pump', symbol: undefined, size: undefined }, /^everything rises by 5/],
    ['/sim GAP 30s', { what: 'gap', symbol: undefined, size: '30s' }, /lost for 30s/],
    ['/sim silence aapl', { what: 'silence', symbol: 'aapl', size: undefined }, /^aapl does not trade for 2m/],
    ['/sim calm', { what: 'calm', symbol: undefined, size: undefined }, /goes back/],
  ])('%s is ordered and said', async (line, order, answer) => {
    expect(await reply(line)).toMatch(answer);
    expect(orders).toEqual([order]);
  });

  it('is for those that ADMINS names and whoever sits at the machine, not for a chat’s admins', async () => {
    expect(await reply('/sim crash', member(7, { isChatAdmin: true }))).toMatch(/Only those that ADMINS names/);
    expect(orders).toEqual([]);
    const address = { platform: 'page', chat: 'local' };
    expect(await reply('/sim crash', someone({ userId: 'console:operator', address }))).toMatch(/falls/);
  });

  it.each([
    ['/sim', /What is to happen\?/],
    ['/sim crush btc', /cannot have/],
    ['/sim crash nonsense', /no symbol/],
    ['/sim gap btcusdt', /do not know what/],
    ['/sim crash btc 90%', /at most 50 %/],
  ])('%s is refused with the reason', async (line, answer) => {
    expect(await reply(line)).toMatch(answer);
    expect(orders).toEqual([]);
  });

  it('says where prices come from where nothing is simulated', async () => {
    await harness.drop();
    harness = await createCommandHarness();
    expect(await reply('/sim crash', member(999))).toMatch(/no simulated market here/);
  });
});
