import WebSocket from 'ws';

/**
 * Stands in for ccxt: the same interface, on the exchange that `test/doubles/ccxt-exchange.ts` plays. Where that is, the module's own URL
 * says: `…/index.ts?url=http://127.0.0.1:1234`. As ccxt does, each watch gives what is new since the last one.
 */
const address = new URL(import.meta.url).searchParams.get('url') ?? '';

class BaseError extends Error {}
class ExchangeError extends BaseError {}
class BadRequest extends ExchangeError {}
class BadSymbol extends BadRequest {}
class OperationFailed extends BaseError {}
class NetworkError extends OperationFailed {}
class RateLimitExceeded extends NetworkError {}
class UnsubscribeError extends BaseError {}
const ERRORS = { BadRequest, BadSymbol, ExchangeError, NetworkError, RateLimitExceeded } as const;

interface Topic {
  fresh: unknown[];
  waiting: { resolve(): void; reject(error: Error): void }[];
}

interface Frame {
  readonly topic?: string;
  readonly rows?: readonly unknown[];
  readonly sync?: number;
  readonly error?: { readonly topic: string; readonly kind: keyof typeof ERRORS; readonly text: string };
  readonly fault?: 'crash' | 'hang' | 'hog';
}

/** What ccxt calls a client: one socket and all that it carries. */
class Stream {
  readonly topics = new Map<string, Topic>();
  private socket: WebSocket | undefined;

  async next(topic: string): Promise<readonly unknown[]> {
    const known = this.topics.get(topic) ?? { fresh: [], waiting: [] };
    const isNew = !this.topics.has(topic);
    this.topics.set(topic, known);
    if (isNew) await this.send({ subscribe: topic });
    if (known.fresh.length === 0) {
      await new Promise<void>((resolve, reject) => {
        known.waiting.push({ resolve, reject });
      });
    }
    return known.fresh.splice(0);
  }

  async leave(topic: string): Promise<void> {
    await this.send({ unsubscribe: topic });
    this.fail(topic, new UnsubscribeError('unsubscribed'));
  }

  private async send(message: object): Promise<void> {
    this.socket ??= await this.connect();
    this.socket.send(JSON.stringify(message));
  }

  private connect(): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address.replace('http', 'ws'));
      socket.once('open', () => resolve(socket));
      socket.on('error', () => reject(new NetworkError('the exchange is not there')));
      socket.on('message', (data) => this.take(JSON.parse(String(data)) as Frame, socket));
      socket.on('close', () => {
        this.socket = undefined;
        for (const topic of [...this.topics.keys()]) this.fail(topic, new NetworkError('the connection was closed'));
      });
    });
  }

  private take(frame: Frame, socket: WebSocket): void {
    if (frame.sync !== undefined) setImmediate(() => socket.send(JSON.stringify({ synced: frame.sync })));
    if (frame.fault) fault(frame.fault);
    if (frame.error) this.fail(frame.error.topic, new ERRORS[frame.error.kind](frame.error.text));
    const topic = frame.topic === undefined ? undefined : this.topics.get(frame.topic);
    if (!topic) return;
    topic.fresh.push(...(frame.rows ?? []));
    for (const { resolve } of topic.waiting.splice(0)) resolve();
  }

  private fail(name: string, error: Error): void {
    const topic = this.topics.get(name);
    this.topics.delete(name);
    for (const { reject } of topic?.waiting ?? []) reject(error);
  }
}

function fault(kind: NonNullable<Frame['fault']>): void {
  if (kind === 'crash') throw new Error('a bug in the library');
  const hoard: string[][] = [];
  while (kind === 'hang') hoard.length = 0;
  for (;;) hoard.push(Array.from({ length: 100_000 }, (_, i) => `${hoard.length} ${i}`));
}

async function ask(path: string, query: Readonly<Record<string, unknown>>): Promise<unknown> {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  let answer: Response;
  try {
    answer = await fetch(`${address}${path}?${given}`);
  } catch {
    throw new NetworkError('the exchange cannot be reached');
  }
  const body = (await answer.json()) as { readonly kind: keyof typeof ERRORS; readonly text: string };
  if (!answer.ok) throw new ERRORS[body.kind](body.text);
  return body;
}

class Double {
  readonly id: string = 'double';
  readonly precisionMode = 4;
  readonly timeframes = { '1m': '1m', '5m': '5m', '1h': '1h', '1d': '1d', '1M': '1M' };
  readonly features = { spot: { fetchOHLCV: { limit: 100 } }, swap: { linear: { fetchOHLCV: { limit: 50 } } } };
  readonly has: Record<string, unknown> = {
    ...{ watchTrades: true, unWatchTrades: true, watchOrderBook: true, unWatchOrderBook: true },
    ...{ fetchTrades: true, fetchOHLCV: true, fetchTickers: true },
  };
  private readonly stream = new Stream();

  async loadMarkets(): Promise<unknown> {
    return ask('/markets', {});
  }

  fetchTickers(): Promise<unknown> {
    return ask('/tickers', {});
  }

  watchTrades(symbol: string): Promise<unknown> {
    return this.stream.next(`trades ${symbol}`);
  }

  async watchOrderBook(symbol: string): Promise<unknown> {
    return (await this.stream.next(`book ${symbol}`)).at(-1);
  }

  unWatchTrades(symbol: string): Promise<unknown> {
    return this.stream.leave(`trades ${symbol}`);
  }

  unWatchOrderBook(symbol: string): Promise<unknown> {
    return this.stream.leave(`book ${symbol}`);
  }

  fetchTrades(symbol: string, since?: number, limit?: number): Promise<unknown> {
    return ask('/trades', { symbol, since, limit });
  }

  fetchOHLCV(symbol: string, frame: string, since: number, limit: number): Promise<unknown> {
    return ask('/ohlcv', { symbol, frame, since, limit });
  }
}

/** Gives the maker's side, as ccxt's does. */
class Coinbase extends Double {
  override readonly id = 'coinbase';
}

/** Cannot end a stream by itself, as more than half of ccxt's exchanges, and has no list of trades. */
class Plain extends Double {
  override readonly id = 'plain';
  override readonly has = { watchTrades: true, watchOrderBook: true, fetchOHLCV: true };
}

/** Streams nothing. */
class Slow extends Double {
  override readonly id = 'slow';
  override readonly has = { fetchTrades: true, fetchOHLCV: true };
}

export default { pro: { double: Double, coinbase: Coinbase, plain: Plain, slow: Slow, exchanges: ['double'] } };
