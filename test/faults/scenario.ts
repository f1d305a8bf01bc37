import { it } from 'vitest';
import { createRig, type Rig, type RigOptions } from './rig.ts';

/** `npm test` runs the short form, `npm run test:faults` the full one, with `--mode long` more of it. */
const FORM = process.env.MODE === 'long' ? 'long' : process.env.FAULTS === 'full' ? 'full' : 'short';

/** How often something is done in each form. */
export const times = (short: number, full: number, long = full): number => ({ short, full, long })[FORM];

export interface ScenarioOptions extends RigOptions {
  /** Also part of the short form. */
  readonly short?: boolean;
  /** Why it cannot be played on this machine. */
  readonly unless?: string | false;
  /** How long it may take, in ms. */
  readonly withinMs?: number;
}

/** One fault: the program runs among doubles, something happens, and `play` judges what came of it. */
export function scenario(
  title: string,
  { short = false, unless = false, withinMs = 180_000, ...options }: ScenarioOptions,
  play: (rig: Rig) => Promise<void>,
): void {
  it.runIf(short || FORM !== 'short')(title, { timeout: withinMs }, async ({ skip }) => {
    skip(unless !== false, unless || undefined);
    const rig = await createRig(options);
    try {
      await play(rig);
    } finally {
      await rig.close();
    }
  });
}
