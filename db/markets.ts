import { and, gte, inArray, lt, type SQL } from 'drizzle-orm';
import { breathe } from './breathe.ts';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { markets } from './schema.ts';

/** A market that a venue lists or listed. Times in ms. */
export interface ListedMarket {
  /** `venue:symbol`. */
  readonly instrument: string;
  /** When it was seen listed. */
  readonly listedAt: number;
  readonly delistedAt: number | undefined;
  /** When it was last seen not to be listed; undefined where it was there at the first look. */
  readonly absentAt: number | undefined;
  /** Whether the rules on new markets were told of it. */
  readonly told: boolean;
}

/** What venues list, as far as they were ever looked at. */
export interface MarketStore {
  /** All that a venue ever listed. */
  of(venue: string): Promise<readonly ListedMarket[]>;
  /** Notes that markets are listed, again too. */
  list(listed: readonly Omit<ListedMarket, 'delistedAt'>[]): Promise<void>;
  markTold(instruments: readonly string[]): Promise<void>;
  delist(instruments: readonly string[], at: number): Promise<void>;
  /** What a venue listed anew when it was looked at last up to `ts`. */
  listedLast(venue: string, ts: number): Promise<readonly ListedMarket[]>;
}

/** Rows in one statement. */
const CHUNK = 500;

const LIST = `INSERT INTO markets (instrument, listed_at, absent_at, told)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
  ON CONFLICT (instrument) DO UPDATE SET listed_at = excluded.listed_at, absent_at = excluded.absent_at,
    told = excluded.told, delisted_at = NULL`;

export function createMarketStore({ client, orm }: Database): MarketStore {
  /** `:` is followed by `;`: what lies between begins with the venue's name and a colon. */
  const ofVenue = (venue: string): SQL | undefined =>
    and(gte(markets.instrument, `${venue}:`), lt(markets.instrument, `${venue};`));

  async function find(where: SQL | undefined): Promise<readonly ListedMarket[]> {
    const rows = await orm.select().from(markets).where(where).orderBy(markets.instrument);
    return rows.map(({ delistedAt, absentAt, ...row }) => ({
      ...row,
      delistedAt: delistedAt ?? undefined,
      absentAt: absentAt ?? undefined,
    }));
  }

  async function inChunks<T>(items: readonly T[], write: (part: readonly T[]) => Promise<unknown>): Promise<void> {
    for (let i = 0; i < items.length; i += CHUNK) {
      if (i > 0) await breathe();
      await write(items.slice(i, i + CHUNK));
    }
  }

  const update = (instruments: readonly string[], set: { told?: boolean; delistedAt?: number }) =>
    inChunks(instruments, (part) =>
      orm
        .update(markets)
        .set(set)
        .where(inArray(markets.instrument, [...part])),
    );

  return {
    of: (venue) => guarded('reading markets', () => find(ofVenue(venue))),
    list: (listed) =>
      guarded('storing markets', () =>
        inChunks(listed, (part) => {
          const rows = part.map((row) => [row.instrument, row.listedAt, row.absentAt ?? null, Number(row.told)]);
          return client.execute({ sql: LIST, args: [JSON.stringify(rows)] });
        }),
      ),
    markTold: (instruments) => guarded('storing markets', () => update(instruments, { told: true })),
    delist: (instruments, at) => guarded('storing markets', () => update(instruments, { delistedAt: at })),
    listedLast: (venue, ts) =>
      guarded('reading markets', async () => {
        const anew = (await find(and(ofVenue(venue), lt(markets.listedAt, ts + 1)))).filter(
          ({ absentAt }) => absentAt !== undefined,
        );
        const newest = Math.max(...anew.map(({ listedAt }) => listedAt));
        return anew.filter(({ listedAt }) => listedAt === newest);
      }),
  };
}
