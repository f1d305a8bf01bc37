import { describe, expect, it } from 'vitest';
import type { DendrogramRequest } from '../charts/figures/request.ts';
import { normals, walk } from '../engine/quant/reference-inputs.ts';
import { textOf } from '../test/doubles/command-harness.ts';
import { marketOf } from '../test/doubles/given-closes.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { cluster } from './cluster.ts';

const harness = useCommandHarness();

async function asked(text: string, closes: Readonly<Record<string, Float64Array>>) {
  const context = await harness.context();
  return cluster.run({ ...context, market: marketOf(harness.market, closes) }, text);
}

/** Prices that follow a driver by 0.01 times `size` and have a part of their own. */
function following(driver: number, own: number, size: number): Float64Array {
  const [shared, alone] = [normals(driver, 300), normals(own, 300)];
  let at = Math.log(100);
  return shared.map((z, i) => {
    at += 0.01 * size * (z + 0.4 * alone[i]);
    return Math.exp(at);
  });
}

/** Three calm ones and three that swing four times as far. */
const market = {
  btcusdt: following(1, 11, 1),
  dogeusdt: following(2, 12, 4),
  ethusdt: following(1, 13, 1),
  shibusdt: following(2, 14, 4),
  solusdt: following(1, 15, 1),
  pepeusdt: following(2, 16, 4),
};
const calm = ['btc', 'eth', 'sol'];
const noise = (seed: number) => following(seed, seed + 100, 1);
const names = (text: string) =>
  text
    .split(', ')
    .map((name) => name.replace('usdt', ''))
    .toSorted();

describe('/cluster', () => {
  it('names the two kinds that were put in, how near they are, what sets them apart, and that both ways agree', async () => {
    const lines = textOf(await asked('1h 200', market)).split('\n');
    expect(lines[0]).toMatch(/^Clusters 1h · 200 returns · 6 symbols: 2 groups \(silhouette 0\.\d\d\)$/);
    const near = /^By correlation: (.*) \((0\.\d\d)\) · (.*) \((0\.\d\d)\)$/.exec(lines[1])!;
    expect([names(near[1]), names(near[3])]).toEqual(expect.arrayContaining([calm, ['doge', 'pepe', 'shib']]));
    // Two that share a driver: 1 / (1 + 0.4²).
    for (const at of [2, 4]) expect(Math.abs(Number(near[at]) - 0.86)).toBeLessThan(0.06);
    const alike = /^By features: A (.*) \((.*)\) · B (.*) \((.*)\)$/.exec(lines[2])!;
    const [ofCalm, ofWild] = names(alike[1])[0] === 'btc' ? [2, 4] : [4, 2];
    expect(alike[ofCalm]).toContain('calm');
    expect(alike[ofWild]).toContain('volatile');
    // Twenty ways to draw three of six, and either may be the first: one tenth agree.
    expect(lines[3]).toMatch(
      /^The two agree \(adjusted Rand index 1\.00, p 0\.(09|1\d)\), but with so few symbols they often would by chance\.$/,
    );
  });

  it('says that they agree where chance hardly would', async () => {
    const more = { adausdt: following(1, 17, 1), xrpusdt: following(1, 18, 1), wifusdt: following(2, 19, 4) };
    const text = textOf(await asked('1h 200', { ...market, ...more }));
    expect(text).toMatch(/The two agree \(adjusted Rand index 1\.00, p (≤ )?0\.0\d\)\.$/);
  });

  it('draws the tree: neighbours of one group in one colour, joins from the nearest on', async () => {
    await asked('1h 200', market);
    const { leaves, joins, axis, foot } = harness.figures[0] as DendrogramRequest;
    expect(leaves.filter(({ group }, i) => i > 0 && group !== leaves[i - 1].group)).toHaveLength(1);
    for (const { label, side } of leaves) {
      const other = leaves.find((leaf) => leaf.label !== label && calm.includes(leaf.label) === calm.includes(label))!;
      expect(side).toBe(other.side);
    }
    const heights = joins.map(({ at }) => at);
    expect(heights).toEqual(heights.toSorted((a, b) => b - a));
    expect(heights[0]).toBeGreaterThan(0.8);
    expect(heights[4]).toBeLessThan(0.3);
    expect(axis[0]).toBe(1);
    expect(axis[1]).toBeLessThanOrEqual(heights[4]);
    expect(foot).toMatch(/letters: by features · 7 Jan 03:00 UTC – 15 Jan 12:00 UTC$/);
  });

  it('says of noise that there is no structure', async () => {
    const alone = { btcusdt: noise(1), ethusdt: noise(2), solusdt: noise(3), adausdt: noise(4), xrpusdt: noise(5) };
    const text = textOf(await asked('1h 200', alone));
    expect(text).toMatch(/no more than chance gives \(|often would by chance\./);
    expect(text).toContain('The groups are hardly apart: a silhouette below 0.25 is no structure.');
  });

  it('leaves out what has too few bars, and what never moves', async () => {
    const text = textOf(
      await asked('1h 200', { ...market, newusdt: walk(8, 24), flatusdt: new Float64Array(300).fill(3) }),
    );
    expect(text).toContain(
      '\nLeft out: newusdt (too few bars in common).\nLeft out: flatusdt (the price never moved).',
    );
    expect(text).not.toContain('NaN');
  });

  it.each([
    ['btc eth', 'This takes three symbols at least. For example /cluster btc eth sol 1h'],
    ['btc eth sol 20', '“20” bars are too few.'],
    ['btc eth nothing', 'I know no symbol “nothing”.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/cluster ${text}`))).toContain(reason);
  });

  it('says what is missing', async () => {
    const { btcusdt, ethusdt } = market;
    await expect(asked('1h', { btcusdt, ethusdt })).rejects.toThrow('Fewer than three symbols are watched.');
    const still = new Float64Array(300).fill(3);
    await expect(asked('1h', { btcusdt, ethusdt, solusdt: still })).rejects.toThrow(
      'three series at least, there are 2',
    );
    const short = Object.fromEntries(Object.entries(market).map(([name, closes]) => [name, closes.slice(0, 20)]));
    await expect(asked('1h', short)).rejects.toThrow('at least 31 bars of all, there are 20');
  });

  it('answers on the market of the harness', async () => {
    const text = textOf(await harness.say('/cluster btc eth sol 5m 100'));
    expect(text).toMatch(/^Clusters 5m · 100 returns · 3 symbols: 2 groups/);
    expect(text).not.toContain('NaN');
  });
});
