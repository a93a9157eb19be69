import { application, title } from '../../application.ts';
import { isShop, sagaFolder } from '../project.ts';
import { scenarioNames } from '../saga/scenario.ts';
import { type Call, frontPage } from './page.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly service: { readonly functions: Record<string, FunctionDefinition> };
};
type FunctionDefinition = {
  readonly name: string;
  readonly handler: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly events: readonly { readonly http?: Call }[];
};
type CliOptions = { readonly httpPort?: string | number };

/** Adds a page at `/`, which lists the calls there are. Only serverless-offline gets it: a deployment has no such function. */
export default class FrontPagePlugin {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor({ service }: Serverless, { httpPort = 3000 }: CliOptions) {
    this.hooks = {
      'before:offline:start:init': () => {
        const calls = Object.values(service.functions).flatMap(({ events }) =>
          events.flatMap(({ http }) => (http === undefined ? [] : [http])),
        );
        const [scenario = ''] = isShop ? ['declined'] : scenarioNames();
        const page = frontPage(calls, {
          title,
          api: `http://127.0.0.1:${httpPort}`,
          sagas: `${application.initiator}s`,
          sandbox: {
            name: isShop ? 'payment sandbox' : 'sandbox of the outside',
            url: process.env.SANDBOX_URL ?? '',
          },
          folder: isShop ? undefined : sagaFolder,
          scenario,
        });
        service.functions['front-page'] = {
          name: 'front-page',
          handler: 'infra/local/front-page/handler.handler',
          environment: { FRONT_PAGE: page },
          events: [{ http: { method: 'get', path: '/' } }],
        };
      },
    };
  }
}
