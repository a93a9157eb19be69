import { dataDirFrom } from '../project.ts';
import { tokenIssuer } from './issuer.ts';

/** The token issuer as a process, for a container: `HOST`, `PORT` and `DATA_DIR` configure it. */
const issuer = tokenIssuer(dataDirFrom(process.env), Number(process.env.PORT), process.env.HOST);
console.log(await issuer.start());
const stop = () => void issuer.stop();
process.once('SIGTERM', stop).once('SIGINT', stop);
