import type { ProfileRequest } from '../charts/figures/request.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { CommandContext } from './command.ts';
import type { FlowTold } from './flow-words.ts';
import { formatMinute, formatPrice } from './format.ts';
import { namesOf } from './ratio.ts';

/** Undefined where nothing was traded. */
export function profileFigure(
  { market, chat, clock }: CommandContext,
  { instrument, interval, report, starts }: FlowTold,
): ProfileRequest | undefined {
  const { profile, profileOf, kept, delta } = report;
  if (profile === undefined) return undefined;
  const { symbol, venue } = namesOf(instrument);
  const tick = market.symbols.get(instrument)?.tick;
  const time = (ts: number) => formatMinute(ts, chat.timeZone, clock.now());
  const of =
    profileOf === 'bars' || kept === undefined
      ? `profile of bars since ${time(report.from)}`
      : `profile of ${kept.count.toLocaleString('en')} trades since ${time(kept.since)}`;
  return {
    kind: 'profile',
    title: `${symbol.toUpperCase()}   ${formatInterval(interval)}`,
    note: `${report.bars} bars`,
    foot: `${venue} · ${of}`,
    rows: Array.from(profile.bought, (_, row) => formatPrice(profile.first + row * profile.step, tick, 'en')),
    bought: Array.from(profile.bought),
    sold: Array.from(profile.sold),
    unknown: Array.from(profile.unknown),
    control: profile.control,
    value: [profile.low, profile.high],
    delta: delta === undefined ? [] : Array.from(delta.cumulative),
    times: delta === undefined ? [] : Array.from(starts),
    interval,
    timeZone: chat.timeZone,
  };
}
