import { expect, it } from 'vitest';
import { figureSamples } from '../../test/doubles/figure-samples.ts';
import { drawConfig } from '../canvas.ts';
import { configOf } from '../picture.ts';

const samples = [...(await figureSamples()).values()];

it('the axes of figures write a true minus, as all other words on them do', () => {
  const labels = samples.flatMap(({ request }) =>
    drawConfig(configOf(request), (_canvas, { scales }) =>
      Object.values(scales)
        .filter(({ type }) => type === 'linear')
        .flatMap(({ ticks }) => ticks.map(({ label }) => String(label))),
    ),
  );
  expect(labels.filter((label) => label.startsWith('\u2212')).length).toBeGreaterThan(5);
  expect(labels.filter((label) => label.includes('-'))).toEqual([]);
});
