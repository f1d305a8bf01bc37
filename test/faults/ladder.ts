import { CHANNEL_ID, DM_CHANNEL_ID } from '../doubles/discord-fixtures.ts';
import { firstAbove } from './oracle.ts';
import type { Rig } from './rig.ts';
import type { PlannedRule } from './seed.ts';

/**
 * Alerts at rising levels, dealt out to chats in turn, and a price that climbs from one to the next: every step fires one alert, once,
 * and each message names a price that no other has.
 */
export interface Ladder {
  readonly rules: readonly PlannedRule[];
  /** One step up, or several. */
  climb(rig: Rig, steps?: number): void;
  /** The price of the next step, without making it. */
  next(): number;
}

export const TELEGRAM_CHATS = ['telegram:1001', 'telegram:1002', 'telegram:-5001'] as const;
export const DISCORD_CHATS = [`discord:${CHANNEL_ID}`, `discord:${DM_CHANNEL_ID}`] as const;
export const ALL_CHATS = [...TELEGRAM_CHATS, ...DISCORD_CHATS] as const;

const levelOf = (step: number): number => 60_100 + 10 * step;

export function createLadder(steps: number, chats: readonly string[] = ALL_CHATS): Ladder {
  let step = 0;
  const priceOf = (at: number): number => levelOf(at) + 1;
  return {
    rules: Array.from({ length: steps }, (_, i) => ({
      chat: chats[i % chats.length],
      text: `binance:btcusdt 5m > ${levelOf(i)} once`,
    })),
    next: () => priceOf(step),
    climb({ binance }, count = 1) {
      for (let i = 0; i < count; i++) binance.trade('BTCUSDT', priceOf(step++).toFixed(2), '0.5');
    },
  };
}

/** What has to have fired, by the venue's own list of trades and a plain loop. */
export interface Expected {
  readonly rule: PlannedRule;
  /** Prices at which it fires, in order. */
  readonly prices: readonly number[];
}

export function expectedOf(rig: Rig): readonly Expected[] {
  const path = rig.binance.tradesOf('BTCUSDT').map(({ price }) => Number(price));
  return rig.rules.map((rule) => {
    const level = Number(/> (\d+)/.exec(rule.text)?.[1]);
    const at = firstAbove(path, level);
    return { rule, prices: at === undefined ? [] : [path[at]] };
  });
}
