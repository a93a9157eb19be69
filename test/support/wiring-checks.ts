import { participantChecks } from '../../infra/local/wiring/checks.ts';
import { variablesIn } from '../../infra/local/wiring/variables.ts';
import { brokerChecks } from './broker-checks.ts';
import type { Wiring } from './wiring.ts';

/** The checks of the broker and of each participant's other parts. `npm start` runs the latter. */
export const wiringChecks = { ...brokerChecks, ...participantChecks };

/** Every environment variable that the deployed code reads, and where. */
export const variablesOf = ({ sources, saga }: Pick<Wiring, 'sources' | 'saga'>) =>
  variablesIn(sources, saga);
