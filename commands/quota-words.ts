import { UserError } from '../engine/errors.ts';
import { HOUR } from '../engine/market/interval.ts';
import { formatLength, formatMinute } from './format.ts';
import type { Chat } from './ports.ts';
import type { Counted, QuotaKind, UsedUp } from './quota.ts';

const WHOSE: Readonly<Record<Counted, string>> = { user: 'You have', chat: 'This chat has', guild: 'This server has' };
const WHAT: Readonly<Record<QuotaKind, string>> = {
  alerts: 'alerts set or changed',
  charts: 'charts',
  previews: 'previews of alerts',
  exports: 'exports',
  cost: 'points of formulas',
};

/** `You have used your 30 charts a minute; there is room again in 24s, at 14:05.` */
export function quotaSentence(kind: QuotaKind, used: UsedUp, chat: Chat, now: number): string {
  const { counted, limit, freeAt } = used;
  const each = limit.windowMs === HOUR ? 'an hour' : 'a minute';
  const whose = counted === 'user' ? 'your' : 'its';
  const most = limit.most.toLocaleString(chat.locale);
  const when = `in ${formatLength(Math.max(1_000, freeAt - now))}, at ${formatMinute(freeAt, chat.timeZone, now)}`;
  return `${WHOSE[counted]} used ${whose} ${most} ${WHAT[kind]} ${each}; there is room again ${when}.`;
}

export function quotaError(kind: QuotaKind, used: UsedUp, chat: Chat, now: number): UserError {
  return new UserError('quota-used', quotaSentence(kind, used, chat, now));
}
