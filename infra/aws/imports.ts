import type { Service } from '../../functions/shop.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** What the stack in broker.yml exports. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html */
export const importsOf = (stage: string) => {
  const imported = (name: string): Json => ({ 'Fn::ImportValue': `order-saga-${stage}-${name}` });
  return {
    brokerArn: imported('BrokerArn'),
    amqpUrl: imported('BrokerAmqpUrl'),
    adminSecret: imported('BrokerAdminSecret'),
    secretOf: (service: Service) => imported(`${capitalised(service)}BrokerSecret`),
    stripeSecret: imported('StripeSecret'),
    subnets: ['A', 'B', 'C'].map((zone) => imported(`PrivateSubnet${zone}`)),
    securityGroup: imported('FunctionSecurityGroup'),
  };
};

export type Imports = ReturnType<typeof importsOf>;
