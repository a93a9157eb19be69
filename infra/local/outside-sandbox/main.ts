import { required } from '../../../engine/environment/environment.ts';
import { listeningHost } from '../listening.ts';
import { outsideSandbox } from './server.ts';

/** A process of its own: `STAGE`, `PORT` and `LEDGER_FILE` configure it. */
const host = listeningHost('sandbox of the outside', process.env);
const server = outsideSandbox(required('LEDGER_FILE')).listen(Number(required('PORT')), host);
const stop = () => {
  server.close();
  server.closeAllConnections();
};
process.once('SIGTERM', stop).once('SIGINT', stop);
