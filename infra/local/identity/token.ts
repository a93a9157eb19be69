import { issuerUrl, type Ports, portsFrom } from '../ports.ts';
import { runningFrom } from '../processes/identity-file.ts';
import { SetupError } from '../processes/setup-error.ts';
import { dataDirFrom } from '../project.ts';
import { runningSystem, supervisorFileOf } from '../running-system.ts';
import { roles, signToken } from './sign-token.ts';

/** `npm run -s token [role] [name]`: one signed token on stdout, nothing else. */
async function main(args: readonly string[]): Promise<number> {
  const [roleText = roles[0], name, ...excess] = args;
  const role = roles.find((known) => known === roleText);
  if (role === undefined || name === '' || excess.length > 0) {
    const problem = role === undefined ? `There is no role "${roleText}". ` : '';
    console.error(`${problem}Usage: npm run -s token [${roles.join('|')}] [name]`);
    return 2;
  }
  const issuer = issuerUrl(portsOfTheIssuer(process.env));
  const token = await signToken(dataDirFrom(process.env), { role, name, issuer });
  console.log(token);
  return 0;
}

/** If ISSUER_PORT is set and no system runs, the token is for an issuer that starts later. @throws SetupError */
function portsOfTheIssuer(shell: NodeJS.ProcessEnv): Ports {
  const isToBeStarted = shell.ISSUER_PORT && runningFrom(supervisorFileOf(dataDirFrom(shell))) === undefined;
  return isToBeStarted ? portsFrom(shell) : runningSystem(shell).ports;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
