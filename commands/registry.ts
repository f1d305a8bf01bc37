import { alert } from './alert.ts';
import { alerts } from './alerts.ts';
import { anomaly } from './anomaly.ts';
import { audit } from './audit.ts';
import { backtest } from './backtest.ts';
import { block } from './block.ts';
import { chart } from './chart.ts';
import { cluster } from './cluster.ts';
import type { Command } from './command.ts';
import { compare } from './compare.ts';
import { corr } from './corr.ts';
import { define } from './define.ts';
import { defines } from './defines.ts';
import { depth } from './depth.ts';
import { disclaimer } from './disclaimer.ts';
import { exportData } from './export.ts';
import { find } from './find.ts';
import { flow } from './flow.ts';
import { funding } from './funding.ts';
import { help } from './help.ts';
import { leaderboard } from './leaderboard.ts';
import { ledger } from './ledger.ts';
import { movers } from './movers.ts';
import { mute } from './mute.ts';
import { pair } from './pair.ts';
import { pairs } from './pairs.ts';
import { price } from './price.ts';
import { reload } from './reload.ts';
import { season } from './season.ts';
import { settings } from './settings.ts';
import { sim } from './sim.ts';
import { spread } from './spread.ts';
import { start } from './start.ts';
import { stats } from './stats.ts';
import { status } from './status.ts';
import { strategy } from './strategy.ts';
import { summary } from './summary.ts';
import { unblock } from './unblock.ts';
import { unmute } from './unmute.ts';
import { value } from './value.ts';
import { venues } from './venues.ts';
import { vol } from './vol.ts';
import { webhook } from './webhook.ts';
import { why } from './why.ts';

/** Every command, in the order in which help and the platforms' menus list them. */
export const COMMANDS: readonly Command[] = [
  start,
  help,
  price,
  find,
  chart,
  value,
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
  alert,
  alerts,
  why,
  strategy,
  backtest,
  ledger,
  leaderboard,
  disclaimer,
  mute,
  unmute,
  define,
  defines,
  webhook,
  exportData,
  status,
  venues,
  settings,
  block,
  unblock,
  audit,
  sim,
  reload,
];
