import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { feedName, hosts, list } from './config-lists.ts';
import { ConfigError } from './engine/errors.ts';
import { parseInterval } from './engine/market/interval.ts';
import { ADDRESSES, type AddressVariable, addressVariable, VENUE_NAMES } from './feeds/addresses.ts';

/** One variable of the environment: its schema, and what `.env.example` and the README say of it. */
interface Variable<S extends z.ZodType> {
  readonly schema: S;
  readonly about: string;
  /** Also read from the file that `NAME_FILE` names. */
  readonly secret?: boolean;
  /** What stands in `.env.example` where the default is empty. */
  readonly sample?: string;
}

/** The chat platforms name people by numbers: a name would never be anybody. */
const ADMIN = /^(?:(?:telegram|discord):\d+|(?:page|console):\w+)$/;

const url = (protocols: readonly string[]) =>
  z.string().refine(
    (text) => {
      try {
        return protocols.includes(new URL(text).protocol);
      } catch {
        return false;
      }
    },
    { error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}` },
  );
const http = url(['http:', 'https:']).transform((text) => text.replace(/\/+$/, ''));
const socket = url(['ws:', 'wss:']).transform((text) => text.replace(/\/+$/, ''));
const PORT = { error: 'must be a number from 0 to 65535' };
const port = z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT);
const KEEP = { error: 'must be a whole number from 0 to 1000' };
/** @param otherwise what else may stand there, as the message says it */
const above0 = (most: number, otherwise = '') => {
  const error = `must be a number above 0 and at most ${most}${otherwise}`;
  return z.coerce.number({ error }).positive({ error }).max(most, { error });
};
const retention = z
  .string()
  .refine((text) => parseInterval(text) !== undefined || /^\d{1,4}d$/.test(text), {
    error: 'must be a length of time such as 24h or 30d',
  })
  .transform((text) => parseInterval(text) ?? Number.parseInt(text, 10) * 86_400_000);

/** Of several exchanges of ccxt each is a venue. */
const venueOf = (name: string) => (name.startsWith('ccxt:') ? name : name.split(':')[0]);

const variable = <S extends z.ZodType>(
  schema: S,
  about: string,
  more: Omit<Variable<S>, 'schema' | 'about'> = {},
): Variable<S> => ({
  schema,
  about,
  ...more,
});

/** Both addresses of each venue. */
const VENUE_URLS = Object.fromEntries(
  VENUE_NAMES.flatMap((name) => {
    const { title, wsUrl, restUrl } = ADDRESSES[name];
    return [
      [
        addressVariable(name, 'WS'),
        variable(socket.optional(), `another address for ${title}’s sockets`, { sample: wsUrl }),
      ],
      [
        addressVariable(name, 'REST'),
        variable(http.optional(), `another address for ${title}’s REST API`, { sample: restUrl }),
      ],
    ];
  }),
) as Readonly<Record<AddressVariable, Variable<z.ZodOptional<typeof socket>>>>;

/** Everything that an operator can set. `.env.example` and the README's table are made from it. */
export const VARIABLES = {
  DATABASE_URL: variable(
    z
      .string()
      .regex(/^(file:|libsql:|https?:|wss?:|:memory:)/, { error: 'must start with file:, libsql: or http' })
      .default('file:data/bellwether.db'),
    'libSQL: a file, or a server',
  ),
  DATABASE_AUTH_TOKEN: variable(z.string().optional(), 'token of the libSQL server', { secret: true }),
  TELEGRAM_TOKEN: variable(
    z
      .string()
      .regex(/^\d+:[\w-]+$/, { error: 'must look like 123456:ABC-DEF, as @BotFather gave it' })
      .optional(),
    'the Telegram bot’s token',
    { secret: true },
  ),
  TELEGRAM_API_ROOT: variable(http.optional(), 'another Bot API server', { sample: 'https://api.telegram.org' }),
  DISCORD_TOKEN: variable(
    z.string().min(20, { error: 'is too short for a Discord bot token' }).optional(),
    'the Discord bot’s token',
    { secret: true },
  ),
  DISCORD_API_ROOT: variable(
    http.refine((text) => text.endsWith('/api'), { error: 'must end in /api' }).optional(),
    'another Discord API',
    { sample: 'https://discord.com/api' },
  ),
  FEEDS: variable(
    list
      .transform((names) => names.map(feedName))
      .refine((names) => new Set(names.map(venueOf)).size === names.length, {
        error: 'must name each feed once, and one tape at most',
      })
      .transform((venues) => (venues.length > 0 ? venues : ['sim'])),
    'where prices come from, the preferred one first: sim, a venue such as binance, ccxt:<id>, tape:<file>; ingest alone connects to nobody',
    { sample: 'sim' },
  ),
  SYMBOLS: variable(list, 'what is watched from the start, symbol or venue:symbol; more on demand', {
    sample: 'btcusdt,ethusdt',
  }),
  SIM_SEED: variable(z.string().default('bellwether'), 'the simulator’s market: the same seed, the same prices'),
  SIM_RATE: variable(above0(1_000_000).default(60), 'the simulator’s trades a minute and instrument'),
  SIM_SESSIONS: variable(
    z
      .enum(['0', '1'], { error: 'must be 0 or 1' })
      .default('0')
      .transform((text) => text === '1'),
    '1: the simulator’s stocks trade in New York’s hours alone, not round the clock',
    { sample: '1' },
  ),
  SIM_SCENARIO: variable(z.string().optional(), 'a JSON file of what befalls the simulator’s market: crashes, gaps', {
    sample: 'scenario.json',
  }),
  TAPE_SPEED: variable(
    z
      .union([z.literal('max').transform(() => Number.POSITIVE_INFINITY), above0(1_000_000, ', or max')], {
        error: 'must be a number above 0 and at most 1000000, or max',
      })
      .default(1),
    'how fast a tape is replayed: 1 as recorded, 10 ten times as fast, max at once',
  ),
  RECORD: variable(z.string().optional(), 'a folder to record the tape in: everything that the feeds tell', {
    sample: 'data/tape',
  }),
  RECORD_RAW: variable(
    z
      .enum(['0', '1'], { error: 'must be 0 or 1' })
      .default('0')
      .transform((text) => text === '1'),
    '1: the exchanges’ frames are recorded, too, as they came, and all else that a replay of them needs',
    { sample: '1' },
  ),
  ...VENUE_URLS,
  HTTP_HOST: variable(z.string().default('127.0.0.1'), 'where the status page and the API listen'),
  HTTP_PORT: variable(port.default(8080), 'the port; 0 takes any free one'),
  HTTP_NAMES: variable(
    hosts('bot.example.org'),
    'names under which browsers reach the page, beside this machine’s and its addresses; for others it does not listen or change anything',
    { sample: 'bot.example.org' },
  ),
  API_TOKEN: variable(
    z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
    'opens the console routes from other machines; of 8 characters or more',
    { secret: true },
  ),
  INGEST_TOKEN: variable(
    z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
    'who sends it may POST /ingest, without one only this machine may; of 8 characters or more',
    { secret: true },
  ),
  ADMINS: variable(
    list.superRefine((ids, check) => {
      const wrong = ids.filter((id) => !ADMIN.test(id));
      if (wrong.length === 0) return;
      const named = wrong.map((id) => JSON.stringify(id)).join(' and ');
      const message = `must be a list like telegram:123,discord:456, which ${named} ${wrong.length === 1 ? 'is' : 'are'} not`;
      check.addIssue({ code: 'custom', message });
    }),
    'users that may do everything',
    { sample: 'telegram:123,discord:456' },
  ),
  CHART_RENDERER: variable(
    z.enum(['local', 'quickchart'], { error: 'must be local or quickchart' }).default('local'),
    'who draws the charts',
  ),
  QUICKCHART_URL: variable(http.optional(), 'the QuickChart server, for CHART_RENDERER=quickchart', {
    sample: 'http://127.0.0.1:3400',
  }),
  PRIVATE_HOSTS: variable(
    hosts('quickchart.lan'),
    'names in QUICKCHART_URL that may lead into a private network or to this machine; an address that stands there may anyway',
    { sample: 'quickchart.lan' },
  ),
  TRADES_RETENTION: variable(
    z
      .union([z.literal('0').transform(() => 0), retention], { error: 'must be a length of time such as 24h, or 0' })
      .default(86_400_000),
    'how long trades are kept; 0 stores none',
    { sample: '24h' },
  ),
  BARS_RETENTION: variable(
    retention.default(90 * 86_400_000),
    'how long bars shorter than an hour, and facts, are kept',
    {
      sample: '90d',
    },
  ),
  BACKUP_FOLDER: variable(
    z.string().optional(),
    'where the nightly snapshots of the database go; `backups` beside it where it is empty',
    { sample: '/var/backups/bellwether' },
  ),
  BACKUP_KEEP: variable(
    z.coerce.number(KEEP).int(KEEP).min(0, KEEP).max(1000, KEEP).default(3),
    'how many nightly snapshots are kept; 0 makes none',
  ),
  ENV_FILE: variable(
    z.string().optional(),
    'a file of these variables, read at the start and again by SIGHUP and /reload; the environment goes before it',
    { sample: '/etc/bellwether.env' },
  ),
  LOG_LEVEL: variable(
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        error: 'must be trace, debug, info, warn, error, fatal or silent',
      })
      .default('info'),
    'how much is logged, as JSON on standard output',
  ),
} as const;

export type Name = keyof typeof VARIABLES;
export type Config = { readonly [N in Name]: z.output<(typeof VARIABLES)[N]['schema']> };

/** Reads the environment. @throws ConfigError with one line that names the variable and says what would be right */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  for (const name of Object.keys(VARIABLES) as Name[]) {
    const parsed = VARIABLES[name].schema.safeParse(rawValue(env, name));
    if (!parsed.success) {
      throw new ConfigError(
        `${name} ${wordOf(parsed.error)}${isSecret(name) ? '' : ` (it is ${JSON.stringify(env[name])})`}`,
      );
    }
    config[name] = parsed.data;
  }
  const result = config as Config;
  if (result.CHART_RENDERER === 'quickchart' && result.QUICKCHART_URL === undefined) {
    throw new ConfigError('QUICKCHART_URL must be set where CHART_RENDERER is quickchart');
  }
  return result;
}

function wordOf(error: z.ZodError): string {
  const message = error.issues[0]?.message ?? 'is wrong';
  return /^(must|is|cannot)/.test(message) ? message : `is wrong: ${message}`;
}

/** Whether it must never be shown. */
export function isSecret(name: Name): boolean {
  const variable: Variable<z.ZodType> = VARIABLES[name];
  return variable.secret === true;
}

/** The variable itself, or the content of the file that `NAME_FILE` names; an empty one counts as absent. */
export function rawValue(env: Readonly<Record<string, string | undefined>>, name: Name): string | undefined {
  const own = env[name]?.trim();
  if (own !== undefined && own !== '') return own;
  const file = isSecret(name) ? env[`${name}_FILE`] : undefined;
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`${name}_FILE cannot be read: ${file}`, { cause });
  }
}

/** Defaults as one would type them, where the value itself says it otherwise. */
const SHOWN: Partial<Record<Name, string>> = {
  TRADES_RETENTION: '24h',
  BARS_RETENTION: '90d',
  SIM_SESSIONS: '0',
  RECORD_RAW: '0',
};

/** Name, default and meaning of every variable: what `.env.example` and the README show. */
export function describeVariables(): readonly {
  name: string;
  standard: string;
  about: string;
  secret: boolean;
  sample: string;
}[] {
  return (Object.keys(VARIABLES) as Name[]).map((name) => {
    const item: Variable<z.ZodType> = VARIABLES[name];
    const parsed = item.schema.safeParse(undefined);
    const value = parsed.success ? parsed.data : undefined;
    const standard = Array.isArray(value) ? value.join(',') : value === undefined ? '' : String(value);
    const shown = SHOWN[name] ?? standard;
    return { name, standard: shown, about: item.about, secret: item.secret === true, sample: item.sample ?? '' };
  });
}
