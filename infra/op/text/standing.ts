import type { OpenPage, Timeline } from '../../../api/calls.ts';
import { lasting } from './times.ts';

export type Open = OpenPage['items'][number];
type WaitsOn = NonNullable<Timeline['waitsOn']>[number];
type Trouble = Partial<NonNullable<Open['troubles']>[number]>;

/** A saga takes some seconds. What is open for longer is looked at. */
const SLOW_SECONDS = 60;

/** A deadline is told to those who look at something else when it is as near as this. */
const NEAR_SECONDS = 60;

/** Whether somebody should look at an open saga: it waits for somebody, something of it has failed, or it is slow. */
export const isStuck = ({ waitingFor, lastError, troubles = [], ageSeconds, ...its }: Open): boolean =>
  waitingFor !== undefined ||
  lastError !== undefined ||
  troubles.length > 0 ||
  ageSeconds >= SLOW_SECONDS ||
  (its.deadlineInSeconds ?? 1) <= 0;

/** What holds a saga up: for whom it waits, and what has failed; else what somebody has to hear or to say. And its deadline. */
export function why(open: Open, nowMs: number): string {
  const { waitingFor, lastError, troubles = [], waitsOn = [], deadlineInSeconds: seconds } = open;
  const reasons = [
    ...(waitingFor === undefined ? [] : [`waits for the ${waitingFor}`]),
    ...(lastError === undefined ? [] : [lastError]),
    ...troubles.map((each) => `${each.service}: ${troubleText(each, nowMs)}`),
  ];
  const deadline = seconds === undefined || seconds > NEAR_SECONDS ? [] : [deadlineText(seconds)];
  return [...(reasons.length > 0 ? reasons : waitsOn.map(stands)), ...deadline].join('; ');
}

/** How far away a deadline is. Past it an open saga cancels itself at its next nudge: if none comes, the schedule is at fault. */
export const deadlineText = (seconds: number): string =>
  seconds > 0
    ? `deadline in ${lasting(seconds)}`
    : `past its deadline for ${lasting(-seconds)}: the next nudge cancels it`;

/** `payment has to say payment.captured` */
export function stands({ service, toHear = [], toSay = [] }: WaitsOn): string {
  const parts = [
    ...(toHear.length > 0 ? [`has yet to hear ${toHear.join(', ')}`] : []),
    ...(toSay.length > 0 ? [`has to say ${toSay.join(', ')}`] : []),
  ];
  return `${service} ${parts.join(' and ')}`.trimEnd();
}

/** What a service last failed on, and who tries again; nothing if it has not failed. */
export function troubleText(
  { lastError, cause, attempts, nextTry, isDeadLetter = false }: Trouble,
  nowMs: number,
): string {
  if (lastError === undefined) return '';
  const nextSeconds = nextTry === undefined ? undefined : (Date.parse(nextTry) - nowMs) / 1_000;
  const details = [
    ...(cause === undefined ? [] : [`at ${cause}`]),
    ...(attempts === undefined ? [] : [`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`]),
    ...(isDeadLetter ? ['a dead letter: redrive it'] : []),
    ...(nextSeconds === undefined
      ? []
      : [nextSeconds > 0 ? `next try in ${lasting(nextSeconds)}` : 'next try now']),
  ];
  return details.length === 0 ? lastError : `${lastError} (${details.join(', ')})`;
}
