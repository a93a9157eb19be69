import type { Saga } from '../../engine/saga/saga.ts';
import { brokerSecretOf, outsideSecretOf } from './templates/broker.ts';
import type { Json } from './templates/template.ts';

/** The exports of the broker's stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html */
export const importsOf = ({ name: saga }: Saga, stage: string) => {
  const imported = (name: string): Json => ({ 'Fn::ImportValue': `${saga}-${stage}-${name}` });
  return {
    brokerArn: imported('BrokerArn'),
    amqpUrl: imported('BrokerAmqpUrl'),
    adminSecret: imported('BrokerAdminSecret'),
    secretOf: (service: string) => imported(brokerSecretOf(service)),
    outsideSecretOf: (secret: string) => imported(outsideSecretOf(secret)),
    subnets: ['A', 'B', 'C'].map((zone) => imported(`PrivateSubnet${zone}`)),
    securityGroup: imported('FunctionSecurityGroup'),
  };
};

export type Imports = ReturnType<typeof importsOf>;
