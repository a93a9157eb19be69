import { application } from '../application.ts';
import { participantPayloads } from './payloads.ts';

/** `npm run -s payload -- get-payment`: an event for a participant's function. test/events/ has the other events. */
function main([name = '']: readonly string[]): number {
  const payloads = participantPayloads(application);
  const payload = payloads.get(name);
  if (payload === undefined) {
    console.error(`Usage: npm run -s payload -- ${[...payloads.keys()].join(' | ')}`);
    return 2;
  }
  console.log(JSON.stringify(payload(), undefined, 2));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
