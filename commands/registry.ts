import { alert } from './alert.ts';
import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { backtest } from './backtest.ts';
import { block } from './block.ts';
import { chart } from './chart.ts';
import type { Command } from './command.ts';
import { define } from './define.ts';
import { defines } from './defines.ts';
import { DESK_COMMANDS } from './desk-commands.ts';
import { disclaimer } from './disclaimer.ts';
import { exportData } from './export.ts';
import { feed } from './feed.ts';
import { find } from './find.ts';
import { help } from './help.ts';
import { leaderboard } from './leaderboard.ts';
import { ledger } from './ledger.ts';
import { mute } from './mute.ts';
import { optimize } from './optimize.ts';
import { price } from './price.ts';
import { reload } from './reload.ts';
import { settings } from './settings.ts';
import { sim } from './sim.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { strategy } from './strategy.ts';
import { unblock } from './unblock.ts';
import { unmute } from './unmute.ts';
import { value } from './value.ts';
import { venues } from './venues.ts';
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
  ...DESK_COMMANDS,
  alert,
  alerts,
  why,
  strategy,
  backtest,
  optimize,
  feed,
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
