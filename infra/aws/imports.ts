import type { Saga } from '../../engine/saga/saga.ts';
import { brokerSecretOf, outsideSecretOf } from './templates/broker.ts';
import { isolatedSubnets, privateSubnets } from './templates/network.ts';
import type { Json } from './templates/template.ts';

/** The stage whose stacks are made to last, and cost more for it: IsProduction in their templates. */
export const isProduction = (stage: string): boolean => stage === 'prod';

/** The exports of the broker's stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html */
export const importsOf = ({ name: saga }: Saga, stage: string) => {
  const imported = (name: string): Json => ({ 'Fn::ImportValue': `${saga}-${stage}-${name}` });
  return {
    brokerArn: imported('BrokerArn'),
    amqpUrl: imported('BrokerAmqpUrl'),
    adminSecret: imported('BrokerAdminSecret'),
    secretOf: (service: string) => imported(brokerSecretOf(service)),
    outsideSecretOf: (secret: string) => imported(outsideSecretOf(secret)),
    /** In production without a way to the internet. */
    isolatedSubnets: isolatedSubnets.map(imported),
    /** With a way out. */
    privateSubnets: privateSubnets.map(imported),
    securityGroup: imported('FunctionSecurityGroup'),
    administratorGroup: imported('AdministratorSecurityGroup'),
    /** Undefined where AWS's own key is used. */
    secretsKey: isProduction(stage) ? imported('SecretsKeyArn') : undefined,
  };
};

export type Imports = ReturnType<typeof importsOf>;
