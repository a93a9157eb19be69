import { externalParticipant } from '../../engine/batch/outside.ts';
import { charging, type Provider } from './decide.ts';

/** The payment service's part in the saga. */
export const payment = (provider: Provider) => externalParticipant(charging, provider);
