import { EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';

/** That a service hears what is said by an exchange that all of them share. */
export interface Hearing {
  readonly service: string;
  readonly exchange: string;
  readonly routingKey: string;
}

/** What each service hears, and by which key. Who hears of an outcome only has nothing to undo. */
export const heardIn = (saga: Saga): readonly Hearing[] => [
  ...saga.services.flatMap((service) => saga.subscriptionsOf(service).map((type) => event(service, type))),
  ...saga.services.filter((service) => saga.takesPart(service)).map(failures),
];

/** What a service does not hear, though another version of the declaration may have said so. */
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
