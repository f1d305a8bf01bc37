import { expect } from 'vitest';
import { type Expected, expectedOf } from './ladder.ts';
import { type Accepted, impatientSends, isAlert, isDigest, takenByDiscord, takenByTelegram } from './ledger.ts';
import type { Rig } from './rig.ts';
import { canonical } from './seed.ts';
import { readLeft, type Stored } from './stored.ts';
import { until } from './until.ts';

export interface Allowed {
  /** What should have fired; by default what the ladder's oracle says. */
  readonly expected?: readonly Expected[];
  /** Chats in which messages may have ended as expired or failed: there is a reason that people can see. */
  readonly lostIn?: readonly string[];
  /** Answers that were lost after Telegram had taken the message, besides those that a kill cut off. */
  readonly lostAnswers?: number;
  /** Chats that have another number by now: from the old key to the new. */
  readonly moved?: Readonly<Record<string, string>>;
}

const OPEN: ReadonlySet<string> = new Set(['pending', 'claimed']);
const chatOf = (key: string): string => key.split('/', 1)[0];
/** As the messages show it. */
export const shown = (price: number): string =>
  price.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Waits until all that should have fired is written down and nothing is owed to anybody any more. */
export async function settled(rig: Rig, allowed: Allowed = {}, withinMs = 60_000): Promise<void> {
  let last = '';
  const wanted = (allowed.expected ?? expectedOf(rig)).reduce((sum, { prices }) => sum + prices.length, 0);
  const check = async () => {
    const { firings, deliveries } = await readLeft(rig.file).catch(() => ({ firings: [], deliveries: [] }));
    const open = deliveries.filter(({ state }) => OPEN.has(state)).length;
    last = `${firings.length} of ${wanted} fired, ${open} open`;
    return firings.length >= wanted && open === 0 && deliveries.length >= firings.length;
  };
  await until('everything that should fire is sent', check, withinMs).catch((error: Error) => {
    throw new Error(`${error.message}: ${last}\n${rig.program().output().slice(-3_000)}`);
  });
}

/** I1 and I3: exactly what the oracle says was committed. */
function checkFirings(rig: Rig, stored: Stored, expected: readonly Expected[], moved: Allowed['moved'] = {}): void {
  const ruleOf = new Map(stored.rules.map((rule) => [`${rule.chat} ${rule.text}`, rule.id]));
  const fired = (id: string | undefined) =>
    stored.firings.filter(({ ruleId }) => ruleId === id).map(({ price }) => price);
  const wanted = expected.map(({ rule: { chat, text }, prices }) => ({ chat, text, prices }));
  const found = wanted.map(({ chat, text }) => {
    const id = ruleOf.get(`${moved[chat] ?? chat} ${canonical(text, rig.since)}`);
    return { chat, text, prices: fired(id) };
  });
  expect(found, 'what fired').toEqual(wanted);
  expect(stored.firings, 'no firing of anything else').toHaveLength(
    wanted.reduce((sum, { prices }) => sum + prices.length, 0),
  );
}

/** I1: each firing reached its chat, or ended in a state that shows there. @returns ids of the messages that tell of firings */
function checkDeliveries(stored: Stored, taken: ReadonlyMap<string, Accepted>, lostIn: readonly string[]): Set<string> {
  const told = new Set<string>();
  for (const firing of stored.firings) {
    const [delivery, ...more] = stored.deliveries.filter(({ firingId }) => firingId === firing.id);
    expect(delivery, `a delivery of firing ${firing.id}`).toBeDefined();
    expect(more, `one delivery of firing ${firing.id}`).toEqual([]);
    if (delivery.state === 'failed' || delivery.state === 'expired') {
      expect(lostIn, `${delivery.state} in ${delivery.chat}: ${delivery.error}`).toContain(chatOf(delivery.chat));
      continue;
    }
    expect(['sent', 'merged'], `state of the delivery of firing ${firing.id}`).toContain(delivery.state);
    const message = taken.get(delivery.messageId ?? '');
    expect(message, `the message that firing ${firing.id} is said to be in`).toBeDefined();
    expect(message!.chat).toBe(chatOf(delivery.chat));
    if (!isDigest(message!) && isAlert(message!)) expect(message!.text).toContain(shown(firing.price));
    told.add(delivery.messageId!);
  }
  return told;
}

/** I3: what is said twice is still something that was committed. */
function checkOrphans(stored: Stored, orphans: readonly Accepted[], moved: Allowed['moved'] = {}): void {
  for (const orphan of orphans) {
    const own = (chat: string) => chatOf(chat) === orphan.chat || moved[orphan.chat] === chatOf(chat);
    const ids = new Set(stored.deliveries.filter(({ chat }) => own(chat)).map(({ firingId }) => firingId));
    const prices = stored.firings.filter(({ id }) => ids.has(id)).map(({ price }) => shown(price));
    expect(isDigest(orphan) || prices.some((price) => orphan.text.includes(price)), orphan.text).toBe(true);
  }
}

/** I4: in each chat the messages came in the order in which the alerts fired. */
function checkOrder(stored: Stored, place: ReadonlyMap<string, number>): void {
  const last = new Map<string, number>();
  const byTime = [...stored.firings].sort((a, b) => a.ts - b.ts || a.price - b.price);
  for (const firing of byTime) {
    const delivery = stored.deliveries.find(({ firingId }) => firingId === firing.id);
    const at = place.get(delivery?.messageId ?? '');
    if (delivery === undefined || at === undefined) continue;
    const chat = chatOf(delivery.chat);
    expect(at, `the place of firing ${firing.id} in ${chat}`).toBeGreaterThanOrEqual(last.get(chat) ?? -1);
    last.set(chat, at);
  }
}

/** Holds what the doubles remember against what the oracle expects, and both against what the program wrote down. */
export async function judge(rig: Rig, allowed: Allowed = {}): Promise<Stored> {
  const stored = await readLeft(rig.file);
  const [telegram, discord] = [takenByTelegram(rig.telegram), takenByDiscord(rig.discord)];
  const all = [...telegram, ...discord];
  const taken = new Map(all.map((message) => [message.messageId, message]));
  checkFirings(rig, stored, allowed.expected ?? expectedOf(rig), allowed.moved);
  const told = checkDeliveries(stored, taken, allowed.lostIn ?? []);
  const orphans = (ledger: readonly Accepted[]) =>
    ledger.filter((message) => isAlert(message) && !told.has(message.messageId));
  // I2: no call of ours says which of two is the twin, so all that no delivery knows of are counted.
  const twice = orphans(telegram);
  const bound = rig.cut.telegram + (allowed.lostAnswers ?? 0);
  expect(twice.length, `messages twice in Telegram: ${twice.map(({ text }) => text)}`).toBeLessThanOrEqual(bound);
  expect(orphans(discord), 'messages twice in Discord').toEqual([]);
  checkOrphans(stored, twice, allowed.moved);
  checkOrder(stored, new Map(all.map((message, index) => [message.messageId, index])));
  expect(impatientSends(rig.telegram), 'sends before their retry-after').toEqual([]);
  expect(rig.leaks(), 'secrets in logs or chats').toEqual([]);
  return stored;
}
