// @ts-check
import { byId, el, setText } from './dom.js';
import { formatAge } from './format.js';

/**
 * @typedef {{ live: number, connecting: number, stale: number, resyncing: number, down: number, worst: { name: string, state: string, ageMs: number | null }[] }} Streams
 * @typedef {{ name: string, state: string, lastMessageAgeMs: number | null, detail?: string, symbols?: number, streams?: Streams }} Part
 * @typedef {{ state: string, database: { migrated: boolean, detail?: string }, feeds: Part[], platforms: Part[], outbox: Record<string, number> }} Status
 */

/** @type {{ age: HTMLElement, heardAt: number }[]} */
let ages = [];

/** @param {Status} status */
export function showStatus(status) {
  showOverall(status);
  showParts(status);
  showQueue(status.outbox);
}

const PHRASES = { ok: 'All is well', starting: 'Starting', degraded: 'Degraded', down: 'Down' };

/** @param {Status} status */
function showOverall({ state, database, feeds, platforms }) {
  const phrase = PHRASES[/** @type {keyof typeof PHRASES} */ (state)] ?? state;
  const bad = [...feeds, ...platforms].filter((part) => part.state !== 'live' && part.state !== 'off');
  const reasons = bad.map((part) => `${part.name} ${part.state}`);
  if (!database.migrated) reasons.unshift('database not ready');
  else if (database.detail) reasons.unshift('database cannot be written');
  const text = reasons.length > 0 ? `${phrase}: ${reasons.slice(0, 3).join(', ')}` : phrase;
  byId('overall').dataset.state = state;
  setText(byId('overall-text'), text);
  document.title = state === 'ok' ? 'Bellwether' : `${phrase} · Bellwether`;
}

/** @param {Status} status */
function showParts({ feeds, platforms, database }) {
  ages = [];
  const rows = [...feeds, ...platforms].map(partRow);
  if (!database.migrated || database.detail)
    rows.unshift(partRow({ name: 'database', state: 'down', lastMessageAgeMs: null, detail: database.detail ?? '' }));
  byId('part-rows').replaceChildren(...rows);
  tick();
}

/** @param {Part} part */
function partRow(part) {
  const age = el('span', { class: 'age' });
  if (part.lastMessageAgeMs !== null) ages.push({ age, heardAt: Date.now() - part.lastMessageAgeMs });
  const lines = [...(part.detail && part.state !== 'live' ? [part.detail] : []), ...streamLines(part)];
  const detail = lines.map((line) => el('span', { class: 'detail muted' }, line));
  const state = el(
    'span',
    { class: 'part-state', 'data-state': part.state },
    el('span', { class: 'dot', 'aria-hidden': 'true' }),
    part.state,
  );
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, part.name, ...detail),
    el('td', {}, state),
    el('td', { class: 'num muted' }, age),
  );
}

/** What is watched of a feed, and its streams that are not live. @param {Part} part */
function streamLines({ symbols, streams }) {
  if (symbols === undefined) return [];
  const watched = `${symbols} ${symbols === 1 ? 'symbol' : 'symbols'}`;
  if (streams === undefined || streams.worst.length === 0) return [watched];
  const bad = streams.connecting + streams.stale + streams.resyncing + streams.down;
  const worst = streams.worst.slice(0, 3).map(({ name, state }) => `${name} ${state}`);
  return [`${watched}, ${bad} of ${bad + streams.live} streams not live: ${worst.join(', ')}`];
}

const ORDER = ['pending', 'claimed', 'sending', 'sent', 'merged', 'expired', 'failed'];

/** @param {Record<string, number>} outbox */
function showQueue(outbox) {
  const rank = (/** @type {string} */ name) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  const counts = Object.entries(outbox).sort(([a], [b]) => rank(a) - rank(b));
  const cells = counts.map(([name, count]) =>
    el('div', { 'data-name': name, 'data-some': count > 0 }, el('dt', {}, name), el('dd', {}, count.toLocaleString())),
  );
  byId('queue-rows').replaceChildren(
    ...(cells.length > 0 ? cells : [el('div', { class: 'empty' }, 'No deliveries yet.')]),
  );
}

/** Lets the ages grow between two reports. */
export function tick() {
  for (const { age, heardAt } of ages) setText(age, `${formatAge(Date.now() - heardAt)} ago`);
}
