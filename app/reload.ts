import { formatLength } from '../commands/format.ts';
import type { ReloadReport } from '../commands/ports.ts';
import type { Config } from '../config.ts';
import type { RootLogger } from './part-logger.ts';

type Name = keyof Config;

/** What can be changed while the program runs. Everything else has been built into its parts, or is a token that a line was opened with. */
const LIVE = [
  'LOG_LEVEL',
  'ADMINS',
  'SYMBOLS',
  'TRADES_RETENTION',
  'BARS_RETENTION',
  'BACKUP_FOLDER',
  'BACKUP_KEEP',
] as const satisfies readonly Name[];
type LiveName = (typeof LIVE)[number];

/** The settings of now, some of which change while the program runs. */
export interface LiveSettings {
  current(): Pick<Config, LiveName>;
  /** Follows ADMINS. */
  readonly admins: ReadonlySet<string>;
  /** Reads everything again and puts what changed into force. @throws ConfigError where something is wrong; nothing is changed then */
  reload(): ReloadReport;
  /** Told which of those that are in force have changed. */
  onChange(listener: (names: ReadonlySet<string>) => void): void;
}

export interface ReloadOptions {
  readonly config: Config;
  /** Reads the settings as they are now; undefined where they cannot change. */
  readonly reread: (() => Config) | undefined;
  readonly log: RootLogger;
}

const isLive = (name: Name): name is LiveName => (LIVE as readonly Name[]).includes(name);

function textOf(config: Pick<Config, Name>, name: Name): string {
  const value = config[name];
  if (typeof value === 'number' && name.endsWith('_RETENTION')) return formatLength(value);
  const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
  return text === '' ? 'none' : text;
}

/** Whether trades are stored at all is built in. */
function needsRestart(name: Name, before: Config, after: Config): boolean {
  if (name === 'TRADES_RETENTION') return before[name] === 0 || after[name] === 0;
  return !isLive(name);
}

export function createLiveSettings({ config, reread, log }: ReloadOptions): LiveSettings {
  /** What was read last, and what is in force of it. */
  let [seen, current] = [config, config];
  const admins = new Set(config.ADMINS);
  const listeners: ((names: ReadonlySet<string>) => void)[] = [];

  function reload(): ReloadReport {
    const next = reread?.() ?? seen;
    const differing = (Object.keys(next) as Name[]).filter((name) => textOf(next, name) !== textOf(current, name));
    const live = differing.filter((name) => !needsRestart(name, current, next)).filter(isLive);
    const report = {
      changed: live.map((name) => ({ name, from: textOf(current, name), to: textOf(next, name) })),
      needRestart: differing.filter((name) => needsRestart(name, current, next)),
    };
    seen = next;
    current = { ...current, ...Object.fromEntries(live.map((name) => [name, next[name]])) };
    admins.clear();
    for (const id of current.ADMINS) admins.add(id);
    if (live.includes('LOG_LEVEL')) log.setLevel?.(current.LOG_LEVEL);
    const names = new Set<string>(live);
    for (const listener of listeners) listener(names);
    log.info(report, 'the settings were read again');
    return report;
  }

  return { current: () => current, admins, reload, onChange: (listener) => void listeners.push(listener) };
}
