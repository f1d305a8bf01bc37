import { DELISTED, type Delisted, RELISTED } from '../commands/delisted-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { RuleStore, StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import type { FiringWriter } from './firing-writer.ts';
import type { MarketHost } from './market-host.ts';

export interface DelistingsOptions {
  readonly engine: Pick<Engine, 'stateOf'>;
  readonly market: Pick<MarketHost, 'apply' | 'now' | 'symbols'>;
  readonly rules: Pick<RuleStore, 'changes'>;
  readonly writer: Pick<FiringWriter, 'add' | 'settled'>;
  readonly clock: Clock;
  /** The rules that run, by id. */
  readonly running: ReadonlyMap<string, { readonly stored: StoredRule; readonly markets: readonly string[] }>;
  /** Sets a rule on watch again, from now on; paused where `isPaused`. */
  readonly revive: (id: string, cause: string, isPaused: boolean) => void;
}

/** What becomes of rules when a venue delists what they are about, and lists it again. */
export interface Delistings {
  /** Rules on what a venue has delisted are over: each chat is told once. */
  delist(venue: string, instruments: readonly string[]): void;
  /** Rules that are over for that alone go on where all that they are about is listed again: each chat is told once. */
  relist(venue: string, instruments: readonly string[]): Promise<void>;
}

/** What is over already cannot be switched off. */
const OVER: ReadonlySet<string | undefined> = new Set(['done', 'expired', 'broken', undefined]);
/** Alerts go before everything else that is owed. */
const PRIORITY = 10;

const causeOf = (venue: string, symbols: readonly string[]): string => `${venue} has delisted ${symbols.join(' and ')}`;
const isDelisting = (cause: string): boolean => / has delisted /.test(cause);

/** The alerts of each chat that something became of, and the symbols that they are about. */
class Tally {
  private readonly chats = new Map<string, { alerts: number; readonly symbols: Set<string> }>();

  add({ chatKey }: StoredRule, symbols: readonly string[]): void {
    const chat = this.chats.get(chatKey) ?? { alerts: 0, symbols: new Set() };
    chat.alerts++;
    for (const symbol of symbols) chat.symbols.add(symbol);
    this.chats.set(chatKey, chat);
  }

  /** One message to each chat. */
  deliveries(kind: string, venue: string, ts: number, now: number): readonly NewDelivery[] {
    return [...this.chats].map(([chatKey, { alerts, symbols }]) => {
      const payload: Delisted = { venue, symbols: [...symbols], alerts };
      const base = { chatKey, kind, payload, priority: PRIORITY, dueAt: now, createdAt: now };
      return { ...base, dedupeKey: `${kind} ${venue} ${ts}>${chatKey}` };
    });
  }
}

export function createDelistings(options: DelistingsOptions): Delistings {
  const { engine, market, rules, writer, clock, running, revive } = options;

  /** Symbols among `instruments` that a rule is about. */
  function symbolsIn(markets: readonly string[], instruments: ReadonlySet<string>): readonly string[] {
    return markets.flatMap((each) => (instruments.has(each) ? [splitInstrument(each)[1]] : []));
  }

  /** Of other venues the list may not be there yet. */
  function isThere(instrument: string, venue: string): boolean {
    const isActive = market.symbols.get(instrument)?.active;
    return splitInstrument(instrument)[0] === venue ? isActive === true : isActive !== false;
  }

  /** The state that a delisting ended; undefined where something else broke the rule. */
  async function stateBefore(ruleId: string): Promise<string | undefined> {
    const [last] = await rules.changes(ruleId, 1);
    return last?.to === 'broken' && isDelisting(last.cause) ? last.from : undefined;
  }

  return {
    delist(venue, instruments) {
      const gone = new Set(instruments);
      const ts = market.now();
      const tally = new Tally();
      for (const [ruleId, { stored, markets }] of running) {
        const symbols = symbolsIn(markets, gone);
        if (symbols.length === 0 || OVER.has(engine.stateOf(ruleId))) continue;
        market.apply({ type: 'rule-break', ts, ruleId, cause: causeOf(venue, symbols) });
        tally.add(stored, symbols);
      }
      // In the same batch as the rules' new state.
      writer.add({ deliveries: tally.deliveries(DELISTED, venue, ts, clock.now()) });
    },
    async relist(venue, instruments) {
      const back = new Set(instruments);
      const tally = new Tally();
      await writer.settled();
      for (const [ruleId, { stored, markets }] of [...running]) {
        const symbols = symbolsIn(markets, back);
        if (symbols.length === 0 || engine.stateOf(ruleId) !== 'broken') continue;
        if (!markets.every((each) => isThere(each, venue))) continue;
        const before = await stateBefore(ruleId);
        // Somebody may have changed or deleted it meanwhile.
        if (before === undefined || running.get(ruleId)?.stored.text !== stored.text) continue;
        revive(ruleId, `${venue} lists ${symbols.join(' and ')} again`, before === 'paused');
        tally.add(stored, symbols);
      }
      writer.add({ deliveries: tally.deliveries(RELISTED, venue, market.now(), clock.now()) });
    },
  };
}
