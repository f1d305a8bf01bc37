import { REST, Routes } from 'discord.js';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { CommandService } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { firstWithin } from '../waiting.ts';
import { createAsk } from './asking.ts';
import { createChannels } from './channels.ts';
import { createClient, restOptions } from './client.ts';
import { describeFailure, isTokenRefusal, TOKEN_REFUSED, toTransportError } from './failures.ts';
import { createGateway, type Gateway, type GatewayState } from './gateway.ts';
import { createIdentifyThrottle } from './identify-throttle.ts';
import { createInteractionDesk, type InteractionDesk } from './interactions.ts';
import { createInvalidBudget } from './invalid-budget.ts';
import { findPlace } from './place.ts';
import { createPublisher } from './publisher.ts';
import { registerCommands } from './registration.ts';
import { createSender } from './sender.ts';
import { createWebhooks } from './webhooks.ts';

const START_WAIT_MS = 15_000;
const STOP_WAIT_MS = 10_000;
const REGISTER_RETRY_MS = 60_000;

export interface DiscordParts {
  readonly token: string;
  /** Ends in `/api`; Discord's own where it is missing. */
  readonly apiRoot?: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Discord as a chat platform: slash commands, buttons and suggestions in over the gateway; messages out over REST. */
export function createDiscord({ token, apiRoot, clock, log }: DiscordParts): ChatPlatform {
  // Apart from the client's: here a rate limit is reported rather than waited out, and nothing is tried twice.
  const rest = new REST({ ...restOptions(apiRoot), retries: 0, rejectOnRateLimit: () => true }).setToken(token);
  const throttle = createIdentifyThrottle(clock);
  let state: GatewayState = { state: 'off' };
  let refused = false;
  let lastSeen: number | undefined;
  let running: { gateway: Gateway; desk: InteractionDesk } | undefined;
  let cancelRegistering = () => {};

  const onHeard = () => {
    lastSeen = clock.now();
  };
  const ask = createAsk(createInvalidBudget(clock), (error) => {
    if (error === undefined) onHeard();
    refused ||= isTokenRefusal(error);
  });
  const channels = createChannels(rest, ask, clock);
  const { send, amend } = createSender({
    ...{ rest, ask, webhooks: createWebhooks(rest, ask, channels, clock) },
    publisher: createPublisher(rest, ask, channels, { clock, log }),
  });

  async function register(service: CommandService, applicationId: string): Promise<void> {
    try {
      const written = await registerCommands(rest, applicationId, service.commands);
      log.info({ commands: service.commands.length, written }, 'the Discord commands are registered');
    } catch (error) {
      refused ||= isTokenRefusal(error);
      log.warn(describeFailure(error), 'the Discord commands could not be registered');
      cancelRegistering = clock.after(REGISTER_RETRY_MS, () => void register(service, applicationId));
    }
  }

  return {
    name: 'discord',
    async start(service) {
      const desk = createInteractionDesk({ service, clock }, log);
      const gateway = createGateway({
        token,
        newClient: () => createClient(apiRoot, throttle),
        clock,
        log,
        onReady: (applicationId) => register(service, applicationId),
        onInteraction: desk.take,
        onState(next) {
          state = next;
        },
        onHeard,
      });
      running = { gateway, desk };
      state = { state: 'connecting' };
      await firstWithin(clock, START_WAIT_MS, gateway.connect());
    },
    async stop() {
      cancelRegistering();
      if (running !== undefined) {
        await firstWithin(clock, STOP_WAIT_MS, running.desk.close());
        await running.gateway.close();
        running = undefined;
      }
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
      state = { state: 'off' };
    },
    send,
    async privateChat(user) {
      try {
        const channel = await rest.post(Routes.userChannels(), { body: { recipient_id: user } });
        return { platform: 'discord', chat: (channel as { id: string }).id };
      } catch (error) {
        throw toTransportError(error);
      }
    },
    amend,
    place: (named, asker, isOwner) => findPlace(rest, named, asker, isOwner),
    status: () => (refused ? { state: 'down', detail: TOKEN_REFUSED, lastSeen } : { ...state, lastSeen }),
  };
}
