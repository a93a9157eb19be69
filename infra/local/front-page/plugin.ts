import { application, title } from '../../application.ts';
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
        const payments = process.env.STRIPE_API_BASE ?? '';
        const sagas = `${application.initiator}s`;
        const addresses = { api: `http://127.0.0.1:${httpPort}`, payments, sagas };
        service.functions['front-page'] = {
          name: 'front-page',
          handler: 'infra/local/front-page/handler.handler',
          environment: { FRONT_PAGE: frontPage(title, calls, addresses) },
          events: [{ http: { method: 'get', path: '/' } }],
        };
      },
    };
  }
}
