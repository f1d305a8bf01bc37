// @ts-check
import { byId, el, setText, svg } from './dom.js';
import { digitsOf, formatAge, formatChange, formatPrice, formatTime, symbolOf } from './format.js';

/**
 * @typedef {{ since: number | null, open: number | null, closes: number[] }} Day
 * @typedef {{ instrument: string, symbol: string, venue: string, price: number | null, ts: number | null, state: string, day: Day | null }} SymbolRow
 * @typedef {{ row: SymbolRow, digits: number, shown: number | null, node: HTMLElement, price: HTMLElement, change: HTMLElement, state: HTMLElement, line: Element, dot: Element, dirty: boolean }} Market
 */

const WIDTH = 100;
const HEIGHT = 26;
const PAD = 3;

/** @type {Map<string, Market>} */
const markets = new Map();
let painting = false;

/** @param {SymbolRow[]} rows */
export function showMarkets(rows) {
  const body = byId('market-rows');
  const known = new Set(rows.map((row) => row.instrument));
  for (const [instrument, market] of markets) {
    if (known.has(instrument)) continue;
    market.node.remove();
    markets.delete(instrument);
  }
  for (const row of rows) {
    const market = markets.get(row.instrument) ?? addMarket(body, row);
    // A trade of the stream may be newer than what the status was read from.
    const fresher = (market.row.ts ?? 0) > (row.ts ?? 0);
    market.row = fresher ? { ...row, price: market.row.price, ts: market.row.ts } : row;
    market.digits = Math.max(market.digits, digitsOf(row.price ?? 0));
    market.dirty = true;
  }
  if (rows.length === 0)
    body.replaceChildren(el('tr', {}, el('td', { colspan: '4', class: 'empty' }, 'Nothing is watched yet.')));
  else body.querySelector('.empty')?.parentElement?.remove();
  setText(byId('change-head'), changeHead(rows));
  paint();
}

const DAY_MS = 86_400_000;

/** What the change is measured from: a program that has just started does not know a whole day. @param {SymbolRow[]} rows */
function changeHead(rows) {
  const starts = new Set(rows.flatMap((row) => row.day?.since ?? []));
  const [first] = starts;
  if (first === undefined || [...starts].every((start) => Date.now() - start > 0.95 * DAY_MS)) return '24 h';
  return starts.size === 1 ? `since ${formatTime(first).replace(/:\d\d$/, '')}` : 'Change';
}

/** @param {{ instrument: string, price: number, ts: number }} trade */
export function onTrade(trade) {
  const market = markets.get(trade.instrument);
  if (market === undefined) return;
  market.row = { ...market.row, price: trade.price, ts: trade.ts };
  market.digits = Math.max(market.digits, digitsOf(trade.price));
  market.dirty = true;
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => {
    painting = false;
    paint();
  });
}

/** @param {HTMLElement} body @param {SymbolRow} row @returns {Market} */
function addMarket(body, row) {
  const line = svg('path', { fill: 'none', 'vector-effect': 'non-scaling-stroke' });
  const dot = svg('path', { class: 'end', 'vector-effect': 'non-scaling-stroke' });
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', class: 'spark', 'aria-hidden': 'true' },
    line,
    dot,
  );
  const price = el('span', { class: 'price' });
  const change = el('td', { class: 'num change' });
  const state = el('span', { class: 'muted venue' });
  const name = el('th', { scope: 'row' }, el('span', { class: 'symbol' }, row.symbol), ' ', state);
  const node = el('tr', {}, name, el('td', { class: 'spark-cell' }), el('td', { class: 'num' }, price), change);
  node.children[1]?.append(picture);
  body.append(node);
  const market = { row, digits: 2, shown: null, node, price, change, state, line, dot, dirty: true };
  markets.set(row.instrument, market);
  return market;
}

function paint() {
  for (const market of markets.values()) {
    if (!market.dirty) continue;
    market.dirty = false;
    paintMarket(market);
  }
}

/** @param {Market} market */
function paintMarket(market) {
  const { row, price: node } = market;
  const open = row.day?.open ?? undefined;
  const change = row.price !== null && open ? row.price / open - 1 : undefined;
  const trend = change === undefined || change === 0 ? 'flat' : change > 0 ? 'up' : 'down';
  market.node.dataset.trend = trend;
  market.node.dataset.state = row.state;
  setText(node, formatPrice(row.price, market.digits));
  setText(market.change, formatChange(change));
  setText(market.state, row.state === 'live' ? row.venue : `${row.venue} · ${row.state}`);
  if (market.shown !== null && row.price !== null && row.price !== market.shown) flash(node, row.price > market.shown);
  market.shown = row.price;
  drawSpark(market, [...(row.day?.closes ?? []), ...(row.price === null ? [] : [row.price])]);
}

/** @param {HTMLElement} node @param {boolean} up */
function flash(node, up) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const colour = getComputedStyle(node).getPropertyValue(up ? '--up' : '--down');
  node.animate([{ color: colour }, {}], { duration: 700, easing: 'ease-out' });
}

/** @param {Market} market @param {number[]} values */
function drawSpark({ line, dot }, values) {
  if (values.length < 2) {
    line.setAttribute('d', '');
    dot.setAttribute('d', '');
    return;
  }
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  const x = (/** @type {number} */ index) => (PAD + (index / (values.length - 1)) * (WIDTH - 2 * PAD)).toFixed(1);
  const y = (/** @type {number} */ value) => (HEIGHT - PAD - ((value - low) / range) * (HEIGHT - 2 * PAD)).toFixed(1);
  const last = values.length - 1;
  line.setAttribute('d', `M${values.map((value, index) => `${x(index)} ${y(value)}`).join('L')}`);
  // A line without length and with round caps: a dot that the stretched picture leaves round.
  dot.setAttribute('d', `M${x(last)} ${y(values[last] ?? 0)}h0`);
}

/**
 * @typedef {{ id: string, ts: number, instrument: string, rule: string, price: number, late?: number }} Firing
 */

const FIRINGS_SHOWN = 12;

/** @param {Firing[]} firings newest first */
export function showFirings(firings) {
  const list = byId('firing-rows');
  if (firings.length === 0) list.replaceChildren(el('li', { class: 'empty' }, 'Nothing has fired yet.'));
  else list.replaceChildren(...firings.slice(0, FIRINGS_SHOWN).map(firingRow));
}

/** @param {Firing} firing */
export function onFiring(firing) {
  const list = byId('firing-rows');
  list.querySelector('.empty')?.remove();
  if (list.querySelector(`[data-id="${CSS.escape(firing.id)}"]`) !== null) return;
  list.prepend(firingRow(firing));
  while (list.children.length > FIRINGS_SHOWN) list.lastElementChild?.remove();
}

/** @param {Firing} firing */
function firingRow(firing) {
  const time = el('time', { datetime: new Date(firing.ts).toISOString() }, formatTime(firing.ts));
  const late = firing.late ? [el('span', { class: 'late' }, `late ${formatAge(firing.late)}`)] : [];
  const where = el('span', { class: 'symbol' }, symbolOf(firing.instrument));
  const rule = el('span', { class: 'rule' }, where, ' ', el('code', {}, withoutSymbol(firing)), ...late);
  return el('li', { 'data-id': firing.id }, time, rule, el('span', { class: 'num' }, formatPrice(firing.price)));
}

/** The rule without the symbol that stands before it anyway. @param {Firing} firing */
function withoutSymbol({ rule, instrument }) {
  for (const name of [instrument, symbolOf(instrument)])
    if (rule.startsWith(`${name} `)) return rule.slice(name.length + 1);
  return rule;
}
