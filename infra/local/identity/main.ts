import { listeningHost } from '../listening.ts';
import { dataDirFrom } from '../project.ts';
import { tokenIssuer } from './issuer.ts';

/** The token issuer as a process, for a container: `STAGE`, `HOST`, `PORT` and `DATA_DIR` configure it. */
const host = listeningHost('development token issuer', process.env);
const issuer = tokenIssuer(dataDirFrom(process.env), Number(process.env.PORT), host);
console.log(await issuer.start());
const stop = () => void issuer.stop();
process.once('SIGTERM', stop).once('SIGINT', stop);
