import type { Hearing } from '../../../console/choreography.ts';
import type { Saga } from '../../../engine/saga/saga.ts';

/** Who hears what if nothing fails and nobody cancels, in a sequence in which it can happen. */
export function idealPathOf(saga: Saga): readonly Hearing[] {
  const { begins, succeeds, fails } = saga.initiation;
  const said = new Set([begins]);
  const path: Hearing[] = [];
  let others = saga.services;
  for (;;) {
    const next = others.find((service) => heardBy(saga, service, fails).every((type) => said.has(type)));
    if (next === undefined) return path;
    others = others.filter((service) => service !== next);
    path.push(...heardBy(saga, next, fails).map((type) => ({ service: next, type })));
    for (const type of next === saga.initiator ? [succeeds] : stepsOf(saga, next)) said.add(type);
  }
}

/** Of both outcomes a participant hears the one that comes. */
const heardBy = (saga: Saga, service: string, fails: string): readonly string[] =>
  saga.partOf(service).consumes.filter((type) => type !== fails);

const stepsOf = (saga: Saga, service: string): readonly string[] => {
  const { says } = saga.partOf(service);
  return Object.keys(says).filter((type) => says[type] === 'step');
};
