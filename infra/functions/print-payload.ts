import { application } from '../application.ts';
import { participantPayloads } from './payloads.ts';

/** `npm run -s payload -- get-payment`: an event for a function that a participant has, as test/events/ has for others. */
function main([name = '']: readonly string[]): number {
  const payloads = participantPayloads(application);
  if (!payloads.has(name)) {
    console.error(`Usage: npm run -s payload -- ${[...payloads.keys()].join(' | ')}`);
    return 2;
  }
  console.log(JSON.stringify(payloads.get(name), undefined, 2));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
