import { createRandom } from '../doubles/random.ts';
import { createLadder } from './ladder.ts';
import { scenario, times } from './scenario.ts';
import { pause } from './until.ts';
import { judge, settled } from './verdict.ts';

const KILLS = times(5, 50, 200);
const STEPS = 4;
/** The program is killed this long after it was started at most, in ms: before, while and after it takes up its work. */
const LONGEST_LIFE_MS = times(2_500, 5_000);
const SHORTEST_LIFE_MS = 700;

const ladder = createLadder((KILLS + 1) * STEPS + 2);

scenario(
  `${KILLS} kills at random lose no alert, and double at most what was in flight`,
  { rules: ladder.rules, speed: 5, short: true, withinMs: 60_000 + KILLS * 15_000 },
  async (rig) => {
    const random = createRandom(process.env.SEED === undefined ? KILLS : Number(process.env.SEED));
    // A market that was never seen has nothing that could have been missed.
    await rig.start();
    ladder.climb(rig, 2);
    await settled(rig);
    for (let kill = 0; kill < KILLS; kill++) {
      const program = kill === 0 ? rig.program() : rig.launch();
      await pause(SHORTEST_LIFE_MS + random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS) * 0.7);
      if (random() < 0.7) await Promise.race([program.started, program.ended]).catch(() => {});
      for (let step = 0; step < STEPS - 1; step++) {
        ladder.climb(rig);
        await pause(random() * 60);
      }
      await pause(random() * 400);
      await rig.kill();
      ladder.climb(rig);
    }
    await rig.start();
    ladder.climb(rig, STEPS);
    await settled(rig);
    await rig.end();
    await judge(rig);
  },
);
