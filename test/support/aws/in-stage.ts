import type { Template } from './package.ts';

/** By the stacks' conditions, as CloudFormation would evaluate them. */
const conditions: Readonly<Record<string, (stage: string) => boolean>> = {
  IsProduction: (stage) => stage === 'prod',
  IsCheap: (stage) => stage !== 'prod',
};

const holds = (condition: string, stage: string): boolean => {
  const evaluate = conditions[condition];
  if (evaluate === undefined) throw new Error(`this condition is not known: ${condition}`);
  return evaluate(stage);
};

/** What CloudFormation makes of a template in a stage: its resources and outputs, and the chosen values in them. */
export function inStage({ Resources, Outputs }: Template, stage: string): Template {
  const kept = <Each extends object>(all: Readonly<Record<string, Each>>): Record<string, Each> =>
    Object.fromEntries(
      Object.entries(all).filter(([, each]) => {
        const { Condition } = each as { readonly Condition?: string };
        return Condition === undefined || holds(Condition, stage);
      }),
    );
  return chosen({ Resources: kept(Resources), Outputs: kept(Outputs) }, stage) as Template;
}

function chosen(value: unknown, stage: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((each) => chosen(each, stage)).filter((each) => !isNothing(each));
  const { 'Fn::If': choice } = value as { 'Fn::If'?: readonly [string, unknown, unknown] };
  if (choice !== undefined) return chosen(choice[holds(choice[0], stage) ? 1 : 2], stage);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, chosen(each, stage)] as const)
      .filter(([, each]) => !isNothing(each)),
  );
}

const isNothing = (value: unknown): boolean => JSON.stringify(value) === '{"Ref":"AWS::NoValue"}';
