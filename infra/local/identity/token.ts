import { issuerUrl, portsFrom } from '../ports.ts';
import { SetupError } from '../processes/setup-error.ts';
import { dataDirFrom } from '../project.ts';
import { roles, signToken } from './sign-token.ts';

/** `npm run -s token [customer|operator] [name]`: one signed token on stdout, nothing else. */
async function main(args: readonly string[]): Promise<number> {
  const [roleText = roles[0], name, ...excess] = args;
  const role = roles.find((known) => known === roleText);
  if (role === undefined || name === '' || excess.length > 0) {
    const problem = role === undefined ? `There is no role "${roleText}". ` : '';
    console.error(`${problem}Usage: npm run -s token [${roles.join('|')}] [name]`);
    return 2;
  }
  const token = await signToken(dataDirFrom(process.env), {
    role,
    name,
    issuer: issuerUrl(portsFrom(process.env)),
  });
  console.log(token);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
