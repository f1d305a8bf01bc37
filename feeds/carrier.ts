import type { Clock } from '../engine/clock.ts';
import { createRest, type Rest, type RestRules } from './rest.ts';
import type { VenueRest } from './venue.ts';
import { createVenueRoute, type VenueRoute, type VenueRouteOptions } from './venue-route.ts';

/** What a venue's frames and answers come by: sockets and HTTP, or a tape. */
export interface Carrier {
  /** @param make the venue's functions upon something that answers */
  rest(make: (rest: Rest) => VenueRest): VenueRest;
  route(key: string, options: VenueRouteOptions): VenueRoute;
  /** Gives up what is under way. */
  abort(): void;
}

export function createLiveCarrier(options: {
  readonly url: string;
  readonly clock: Clock;
  readonly rules: RestRules;
}): Carrier {
  const rest = createRest(options);
  return {
    rest: (make) => make(rest),
    route: (_key, routeOptions) => createVenueRoute(routeOptions),
    abort: rest.abort,
  };
}
