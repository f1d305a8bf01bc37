import { createAnswers } from './answers.ts';
import { abilitiesOf, loadExchanges, makeExchange, streamingVenues } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { Answers, Item, Order, Question, WorkerSettings } from './messages.ts';
import { createOutbox } from './outbox.ts';
import { createStreaming } from './streaming.ts';

/** Runs in a child process: one exchange through ccxt, on the orders of the parent. Holds nothing that must be saved. */
interface Work {
  answer(question: Question): Promise<Answers[keyof Answers]>;
  take(order: Extract<Order, { do: 'open' | 'close' }>): void;
}

const outbox = createOutbox(
  (items, done) => process.send?.(items, undefined, undefined, done),
  () => process.exit(1),
);
let busy = 0;

async function begin({ module, exchange: id }: WorkerSettings): Promise<Work> {
  const makers = await loadExchanges(module);
  if (id === undefined) {
    outbox.say({ is: 'ready', frames: [], unwatch: false, list: false });
    return { answer: async () => streamingVenues(makers), take: () => undefined };
  }
  const exchange = makeExchange(makers, id);
  const asked = createAnswers(exchange, `ccxt:${id}`);
  const streaming = createStreaming({ exchange, market: asked.market, say: outbox.say });
  outbox.say({ is: 'ready', ...abilitiesOf(exchange) });
  return {
    answer: async (question) => (question.what === 'venues' ? streamingVenues(makers) : asked.answer(question)),
    take(order) {
      if (order.do === 'open') streaming.open(order.stream, order.channel, order.symbol);
      else streaming.close(order.stream);
    },
  };
}

async function answer(work: Work, id: number, question: Question): Promise<Item> {
  busy++;
  try {
    return { is: 'answer', id, value: await work.answer(question) };
  } catch (error) {
    return { is: 'failure', id, failure: failureOf(error) };
  } finally {
    busy--;
  }
}

function take(work: Work, order: Order): void {
  if (order.do === 'ping') {
    outbox.say({ is: 'pong', id: order.id, busy });
    outbox.flush();
  } else if (order.do === 'ask') void answer(work, order.id, order.question).then(outbox.say);
  else work.take(order);
}

// Whoever is left alone has nobody to work for. A signal of the terminal is the parent's business.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// ccxt's sockets reject promises that nobody waits for any more.
process.on('unhandledRejection', () => undefined);

const settings = JSON.parse(process.argv[2]) as WorkerSettings;
const working = begin(settings);
working.catch((error: unknown) => {
  const why = failureOf(error).message;
  process.send?.([{ is: 'broken', why }] satisfies Item[], undefined, undefined, () => process.exit(1));
});
process.on('message', (order: Order) => void working.then((work) => take(work, order)).catch(() => undefined));
