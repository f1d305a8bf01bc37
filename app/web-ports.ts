import { dayBefore } from '../commands/day.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { CommandService } from '../commands/service.ts';
import type { FiringStore } from '../db/firings.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { parseExpression } from '../engine/language/parse.ts';
import { printExpr } from '../engine/language/print.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar, EngineEvent, FeedEvent } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { barStart, DAY } from '../engine/market/interval.ts';
import { evaluate } from '../engine/series/evaluate.ts';
import { barsWanted, planOf, sampled } from '../engine/series/plan.ts';
import type { FiringRow, SeriesAnswer, SeriesQuery, StreamEvent, SymbolRow, WebPorts } from '../web/ports.ts';
import type { MarketHost } from './market-host.ts';
import { type MetricSources, metrics } from './metrics.ts';
import type { RulesHost } from './rules-host.ts';

export interface WebPortsOptions extends MetricSources {
  readonly service: CommandService;
  readonly engine: Engine;
  readonly market: MarketHost;
  readonly rules: RulesHost;
  readonly firings: FiringStore;
  readonly outbox: OutboxStore;
  readonly platforms: readonly ChatPlatform[];
  readonly clock: Clock;
  readonly quote: string;
}

/** What the HTTP side may ask of the program. */
export function createWebPorts(options: WebPortsOptions): WebPorts {
  const { market, rules, firings, outbox, platforms, clock, service } = options;
  const preference = { venue: undefined, quote: options.quote };
  const listeners = new Set<(event: StreamEvent) => void>();
  market.onEvent((event) => {
    if (listeners.size === 0) return;
    const shown = streamed(event, (id) => rules.stored(id)?.text ?? '');
    if (shown !== undefined) for (const listener of listeners) listener(shown);
  });

  const toRow = (firing: { id: string; ts: number; instrument: string; price: number; ruleId: string }): FiringRow => ({
    id: firing.id,
    ts: firing.ts,
    instrument: firing.instrument,
    rule: rules.stored(firing.ruleId)?.text ?? 'deleted',
    price: firing.price,
  });

  return {
    service,
    health: () => ({
      database: { migrated: true },
      feeds: market.feeds().map(({ name, state, ageMs, detail }) => ({
        name,
        state: state as 'live',
        lastMessageAgeMs: ageMs,
        ...(detail === undefined ? {} : { detail }),
      })),
      platforms: platforms.map((platform) => {
        const { state, lastSeen, detail } = platform.status();
        const lastMessageAgeMs = lastSeen === undefined ? undefined : clock.now() - lastSeen;
        return { name: platform.name, state, lastMessageAgeMs, ...(detail === undefined ? {} : { detail }) };
      }),
    }),
    symbols: () => symbolRows(options),
    resolve: (text) => market.symbols.resolve(text, preference)?.instrument,
    suggest: (text) => market.symbols.suggest(text, preference, 5).map((info) => info.symbol),
    bars: (instrument, interval, from, to, limit) => barsFor(market, instrument, interval, from, to, limit),
    async day(instrument) {
      const last = market.price(instrument);
      const now = market.now();
      return last && (await dayBefore(market, instrument, { ts: now, price: last.price }, now));
    },
    series: (query) => series(options, query),
    firings: async (limit) => (await firings.recent(limit)).map(toRow),
    outbox: () => outbox.counts(clock.now() - DAY),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    metrics: () => metrics(options),
  };
}

function streamed(event: FeedEvent | EngineEvent, textOf: (ruleId: string) => string): StreamEvent | undefined {
  switch (event.type) {
    case 'trade':
      return event;
    case 'bar-closed':
      return { type: 'bar', instrument: event.instrument, interval: event.interval, ...event.bar };
    case 'fired': {
      const { id, ts, instrument, price, ruleId } = event.firing;
      return { type: 'firing', id, ts, instrument, price, rule: textOf(ruleId) };
    }
    case 'gap':
      return { type: 'status' };
    case 'bars':
    case 'fact':
    case 'rule-state':
    case 'history-needed':
    case 'refused':
      return undefined;
  }
}

function symbolRows({ engine, market }: WebPortsOptions): readonly SymbolRow[] {
  const states = new Map(market.feeds().map((feed) => [feed.name, feed.state]));
  return engine.known().flatMap((instrument) => {
    const info = market.symbols.get(instrument);
    const last = market.price(instrument);
    const [venue, symbol] = splitInstrument(instrument);
    const { base, quote, kind } = info ?? { base: symbol, quote: '', kind: 'spot' as const };
    return [
      {
        instrument,
        symbol,
        venue,
        base,
        quote,
        kind,
        price: last?.price,
        ts: last?.ts,
        state: states.get(venue) ?? 'off',
      },
    ];
  });
}

/** Most bars of one answer. */
const MOST = 5_000;

async function barsFor(
  market: MarketHost,
  instrument: string,
  interval: number,
  from: number | undefined,
  to: number | undefined,
  limit: number,
): Promise<readonly Bar[]> {
  const end = Math.min(to ?? Number.POSITIVE_INFINITY, barStart(market.now(), interval) + interval);
  const count = Math.min(limit, MOST);
  await market.prepare(instrument);
  if (from === undefined && to === undefined) {
    const { closed, open } = await market.bars(instrument, interval, count);
    return [...closed, ...(open === undefined ? [] : [open])].slice(-count);
  }
  const start = Math.max(from ?? 0, end - count * interval);
  const found = await market.history.range(instrument, interval, start, end);
  const { closed, open } = market.held(instrument, interval, count);
  const byStart = new Map([...found, ...closed, ...(open === undefined ? [] : [open])].map((bar) => [bar.start, bar]));
  const bars = [...byStart.values()].filter((bar) => bar.start >= start && bar.start < end);
  return bars.sort((a, b) => a.start - b.start).slice(-count);
}

/** The values of a series at the closes of stored bars, by the bars' starts: nothing of the open bar. */
async function series({ market, quote }: WebPortsOptions, query: SeriesQuery): Promise<SeriesAnswer> {
  const preference = { venue: undefined, quote };
  const own = query.symbol === undefined ? undefined : market.symbols.resolve(query.symbol, preference)?.instrument;
  const expr = parseExpression(query.expr, {
    resolve: (text) => market.symbols.resolve(text, preference)?.instrument,
    suggest: (text) => market.symbols.suggest(text, preference, 5).map((info) => info.symbol),
    instrument: own,
    interval: query.interval,
    now: market.now(),
    wallTime: Date.UTC,
  });
  const plan = planOf(expr);
  const [leader] = plan.kind === 'constant' ? [own ?? ''] : plan.instruments;
  const context = { instrument: own ?? leader, interval: query.interval };
  const empty = { expr: printExpr(expr, context), instrument: leader, interval: query.interval, points: [] };
  if (plan.kind === 'constant') return empty;
  // Where the newest bar ends that starts before `to` and is closed.
  const wantedEnd = (query.to ?? Number.POSITIVE_INFINITY) + query.interval - 1;
  const to = barStart(Math.min(wantedEnd, market.now()), query.interval);
  const shown = Math.min(query.limit, MOST);
  const wanted = new Map(
    plan.instruments.map((id) => [`${id} ${query.interval}`, { instrument: id, interval: query.interval, bars: 0 }]),
  );
  for (const [key, want] of barsWanted(plan)) wanted.set(key, want);
  const loaded = new Map<string, readonly Bar[]>();
  for (const [key, { instrument, interval, bars }] of wanted) {
    const back = (query.from === undefined ? shown * query.interval : to - query.from) + (bars + 1) * interval;
    await market.prepare(instrument);
    const found = await market.history.range(instrument, interval, to - back, barStart(to, interval));
    loaded.set(
      key,
      found.filter((bar) => bar.start + interval <= to),
    );
  }
  const { starts, values } = evaluate(sampled(plan, query.interval), (id, interval) =>
    toColumns(loaded.get(`${id} ${interval}`) ?? []),
  );
  const points = Array.from(starts, (start, i) => [start, Number.isFinite(values[i]) ? values[i] : null] as const);
  const inside = points.filter(
    ([start]) => start >= (query.from ?? 0) && start < (query.to ?? Number.POSITIVE_INFINITY),
  );
  return { ...empty, points: inside.slice(-shown) };
}
