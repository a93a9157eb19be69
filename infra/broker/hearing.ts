import { EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';

/** A service's subscription at an exchange that all services share. */
export interface Hearing {
  readonly service: string;
  readonly exchange: string;
  readonly routingKey: string;
}

/** All subscriptions. A service that consumes an outcome has nothing to undo, so it hears no failures. */
export const heardIn = (saga: Saga): readonly Hearing[] => [
  ...saga.services.flatMap((service) => saga.subscriptionsOf(service).map((type) => event(service, type))),
  ...saga.services.filter((service) => saga.takesPart(service)).map(failures),
];

/** The possible subscriptions that this declaration does not have; another version of it may have had them. */
export const unheardIn = (saga: Saga): readonly Hearing[] => [
  ...saga.services.flatMap((service) => {
    const heard = saga.subscriptionsOf(service);
    return saga.eventTypes.filter((type) => !heard.includes(type)).map((type) => event(service, type));
  }),
  ...saga.services.filter((service) => !saga.takesPart(service)).map(failures),
];

const event = (service: string, type: string): Hearing => ({
  service,
  exchange: EVENTS_EXCHANGE,
  routingKey: type,
});

const failures = (service: string): Hearing => ({ service, exchange: FAILURES_EXCHANGE, routingKey: '' });
