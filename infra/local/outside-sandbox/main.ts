import { required } from '../../../engine/environment/environment.ts';
import { outsideSandbox } from './server.ts';

/** A process of its own: `PORT` and `LEDGER_FILE` configure it. */
const server = outsideSandbox(required('LEDGER_FILE')).listen(Number(required('PORT')), '127.0.0.1');
const stop = () => {
  server.close();
  server.closeAllConnections();
};
process.once('SIGTERM', stop).once('SIGINT', stop);
