import { participantChecks } from '../../infra/local/wiring/checks.ts';
import { variablesIn } from '../../infra/local/wiring/variables.ts';
import { brokerChecks } from './broker-checks.ts';
import type { Wiring } from './wiring.ts';

/** Of the broker, and of everything else that each participant has. `npm start` looks at the latter. */
export const wiringChecks = { ...brokerChecks, ...participantChecks };

/** Every environment variable that what is deployed reads, and where. */
export const variablesOf = ({ sources, saga }: Pick<Wiring, 'sources' | 'saga'>) =>
  variablesIn(sources, saga);
