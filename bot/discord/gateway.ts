import { type Client, Events, type Interaction } from 'discord.js';
import type { PlatformStatus } from '../../commands/platform.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { describeFailure, isTokenRefusal, TOKEN_REFUSED } from './failures.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const AUTHENTICATION_FAILED = 4004;

export type GatewayState = Pick<PlatformStatus, 'state' | 'detail'>;

export interface GatewayParts {
  readonly token: string;
  readonly newClient: () => Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onReady: (applicationId: string) => Promise<void>;
  readonly onInteraction: (interaction: Interaction) => void;
  readonly onState: (state: GatewayState) => void;
  /** Something came over the gateway. */
  readonly onHeard: () => void;
}

export interface Gateway {
  /** One try; on failure the next ones go on in the background. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** The way in. A live connection is resumed by discord.js itself; this keeps trying until there is one. */
export function createGateway(parts: GatewayParts): Gateway {
  const { token, clock, log, onState } = parts;
  let client: Client | undefined;
  let closed = false;
  let cancelRetry = () => {};

  async function attempt(tries: number): Promise<void> {
    client = parts.newClient();
    const ready = watch(client, parts);
    try {
      await client.login(token);
      await ready;
    } catch (error) {
      if (!closed) retry(error, tries);
    }
  }

  function retry(error: unknown, tries: number): void {
    const { reason } = describeFailure(error);
    if (isTokenRefusal(error)) {
      onState({ state: 'down', detail: TOKEN_REFUSED });
      log.error({}, 'Discord refused the token');
      return;
    }
    onState({ state: 'connecting', detail: `Discord is not reached (try ${tries}): ${reason}` });
    log.warn({ reason, tries }, 'Discord is not reached');
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1)) * (0.75 + Math.random() / 4);
    cancelRetry = clock.after(wait, () => void attempt(tries + 1));
  }

  return {
    connect: () => attempt(1),
    async close() {
      closed = true;
      cancelRetry();
      await client?.destroy();
    },
  };
}

/** Follows one client's connection. @returns what resolves once it serves */
function watch(client: Client, { onReady, onInteraction, onState, onHeard, log }: GatewayParts): Promise<void> {
  const live = () => onState({ state: 'live' });
  client.on(Events.Raw, onHeard);
  client.on(Events.Debug, (message) => {
    // discord.js tells of heartbeats nowhere else, and in a quiet server they are all there is.
    if (message.includes('Heartbeat acknowledged')) onHeard();
  });
  client.on(Events.InteractionCreate, onInteraction);
  client.on(Events.ShardResume, live);
  client.on(Events.ShardReady, live);
  client.on(Events.ShardReconnecting, () => {
    onState({ state: 'connecting', detail: 'the connection was lost' });
    log.info({}, 'the Discord connection was lost');
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    const detail = code === AUTHENTICATION_FAILED ? TOKEN_REFUSED : `Discord closed the connection for good (${code})`;
    onState({ state: 'down', detail });
    log.error({ code }, detail);
  });
  client.on(Events.ShardError, (error) => log.warn(describeFailure(error), 'the Discord connection failed'));
  client.on(Events.Error, (error) => log.warn(describeFailure(error), 'the Discord client failed'));
  return new Promise((resolve) => {
    client.once(Events.ClientReady, (ready) => void onReady(ready.application.id).then(resolve));
  });
}
