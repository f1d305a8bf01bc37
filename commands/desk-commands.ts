import { anomaly } from './anomaly.ts';
import { cluster } from './cluster.ts';
import { compare } from './compare.ts';
import { corr } from './corr.ts';
import { depth } from './depth.ts';
import type { DeskCommand } from './desk-report.ts';
import { flow } from './flow.ts';
import { funding } from './funding.ts';
import { movers } from './movers.ts';
import { pair } from './pair.ts';
import { pairs } from './pairs.ts';
import { season } from './season.ts';
import { spread } from './spread.ts';
import { stats } from './stats.ts';
import { summary } from './summary.ts';
import { vol } from './vol.ts';

/** Every command that answers with statistics, in the order in which help and the platforms' menus list them. */
export const DESK_COMMANDS: readonly DeskCommand[] = [
  summary,
  stats,
  vol,
  season,
  pair,
  pairs,
  corr,
  compare,
  movers,
  anomaly,
  depth,
  spread,
  flow,
  funding,
  cluster,
];
