import { describe, expect, test } from 'vitest';
import { ofType, propertiesOf } from '../support/aws/production.ts';

/**
 * Goal: a flood, an attack and a body that is too large reach no function, and each is told what it did. Method: reads
 * the packaged template.
 */
const [[id, firewall] = ['', {}], ...others] = propertiesOf('AWS::WAFv2::WebACL');
// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a rule's shape
const rules: readonly Record<string, any>[] = firewall.Rules;
const rateRules = rules.filter(({ Statement }) => Statement.RateBasedStatement !== undefined);
const managed = rules.filter(({ Statement }) => Statement.ManagedRuleGroupStatement !== undefined);

const isOfWebhooks = {
  ByteMatchStatement: expect.objectContaining({
    ...{ SearchString: '/webhooks/stripe', PositionalConstraint: 'ENDS_WITH' },
  }),
};
const isNotOfWebhooks = { NotStatement: { Statement: isOfWebhooks } };

/** Status, headers and body of a rule's own answer; undefined if the gateway answers. */
function answerOf({ Action }: (typeof rules)[number]) {
  const custom = Action?.Block?.CustomResponse;
  if (custom === undefined) return undefined;
  const { ContentType, Content } = firewall.CustomResponseBodies[custom.CustomResponseBodyKey];
  expect(ContentType).toBe('APPLICATION_JSON');
  const headers = Object.fromEntries(
    (custom.ResponseHeaders ?? []).map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]),
  );
  return { status: custom.ResponseCode as number, headers, problem: JSON.parse(Content) };
}

describe('the firewall', () => {
  test('is one, and stands before the stage', () => {
    expect(others).toEqual([]);
    expect(ofType('AWS::WAFv2::WebACLAssociation')).toMatchObject([
      ['FirewallAssociation', { DependsOn: ['ApiStage'] }],
    ]);
    const [[, { WebACLArn }] = ['', { WebACLArn: {} }]] = propertiesOf('AWS::WAFv2::WebACLAssociation');
    expect(WebACLArn).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
  });

  test('blocks bodies that no function would accept, before it looks into any', () => {
    const [first] = rules.toSorted((one, other) => one.Priority - other.Priority);
    expect(first).toMatchObject({
      Action: { Block: {} },
      Statement: { SizeConstraintStatement: { ComparisonOperator: 'GT', Size: 65_536 } },
    });
    expect(answerOf(first ?? {})?.status).toBe(413);
  });

  // Fails without these rules: one address runs the authorizer as often as the gateway lets in all methods together.
  test('limits what one address may send, webhooks by themselves, below what the gateway takes of all', () => {
    const perSecond = ({ Statement }: (typeof rules)[number]) =>
      Statement.RateBasedStatement.Limit / Statement.RateBasedStatement.EvaluationWindowSec;
    const [[, stage] = ['', {}]] = propertiesOf('AWS::ApiGateway::Stage');
    expect(rateRules.map(({ Statement }) => Statement.RateBasedStatement)).toMatchObject([
      { AggregateKeyType: 'IP', ScopeDownStatement: isNotOfWebhooks },
      { AggregateKeyType: 'IP', ScopeDownStatement: isOfWebhooks },
    ]);
    for (const rule of rateRules)
      expect(perSecond(rule)).toBeLessThan(stage.MethodSettings[0].ThrottlingRateLimit);
  });

  test('has AWS’s managed rules, which block, but neither webhooks nor bodies that are allowed', () => {
    expect(managed.map(({ Statement }) => Statement.ManagedRuleGroupStatement.Name)).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ]);
    for (const { OverrideAction, Statement } of managed) {
      expect(OverrideAction).toEqual({ None: {} });
      expect(Statement.ManagedRuleGroupStatement).toMatchObject({
        VendorName: 'AWS',
        ScopeDownStatement: isNotOfWebhooks,
      });
    }
    expect(managed.at(-1)?.Statement.ManagedRuleGroupStatement.RuleActionOverrides).toEqual([
      { Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } },
    ]);
  });

  // Fails where every block is answered alike.
  test('answers as what it is: too large, too many, or an attack', () => {
    const answers = rules.map((rule) => answerOf(rule));
    expect(answers.map((answer) => answer?.status)).toEqual([413, 429, 429, ...managed.map(() => undefined)]);
    for (const answer of answers) {
      if (answer === undefined) continue;
      expect(answer.problem).toMatchObject({
        type: expect.stringMatching(/^urn:order-saga:problem:too-/),
        status: answer.status,
        title: expect.any(String),
        detail: expect.any(String),
      });
      expect(answer.headers).toEqual(answer.status === 429 ? { 'Retry-After': '60' } : {});
    }
    const [gatewayAnswer] = propertiesOf('AWS::ApiGateway::GatewayResponse').filter(
      ([, { ResponseType }]) => ResponseType === 'WAF_FILTERED',
    );
    expect(gatewayAnswer?.[1]).toMatchObject({
      StatusCode: '403',
      ResponseTemplates: { 'application/json': expect.stringContaining('urn:order-saga:problem:blocked') },
    });
  });

  test('keeps within the capacity units that a web ACL has without a surcharge', () => {
    // https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
    const units: Readonly<Record<string, number>> = {
      AWSManagedRulesAmazonIpReputationList: 25,
      AWSManagedRulesKnownBadInputsRuleSet: 200,
      AWSManagedRulesCommonRuleSet: 700,
    };
    const [matchesPath, limitsRate, comparesSize] = [10, 2, 1];
    const ofManaged = managed.map(
      ({ Statement }) => (units[Statement.ManagedRuleGroupStatement.Name] ?? Number.NaN) + matchesPath,
    );
    const all = [comparesSize, ...rateRules.map(() => limitsRate + matchesPath), ...ofManaged];
    expect(all).toHaveLength(rules.length);
    expect(all.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1_500);
  });
});
