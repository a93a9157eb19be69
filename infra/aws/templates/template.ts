import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag, type YAMLMap, type YAMLSeq } from 'yaml';

export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

export type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, Json>>;
};
export type Resources = Readonly<Record<string, Resource>>;
export type Outputs = Readonly<
  Record<string, { readonly Condition?: string; readonly Value: Json; readonly Export?: Json }>
>;

export type Template = {
  readonly AWSTemplateFormatVersion?: string;
  readonly Description?: string;
  readonly Parameters?: Json;
  readonly Conditions?: Json;
  readonly Resources: Resources;
  readonly Outputs: Outputs;
};

/** Reads the part of a stack that does not depend on the participants from a file beside this one. */
export function readTemplate(file: string, edit = (text: string) => text): Template {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return parse(edit(text), { customTags: intrinsicTags() }) as Template;
}

/** The short and long forms of CloudFormation's intrinsic functions. */
const intrinsics: readonly (readonly [tag: string, name: string])[] = [
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...['And', 'Equals', 'FindInMap', 'GetAZs', 'GetAtt', 'If', 'ImportValue'].map(longForm),
  ...['Join', 'Not', 'Or', 'Select', 'Split', 'Sub'].map(longForm),
];

function longForm(name: string): readonly [string, string] {
  return [`!${name}`, `Fn::${name}`];
}

/** The short forms as tags for the YAML parser, which knows none of them. */
function intrinsicTags(): (ScalarTag | CollectionTag)[] {
  return intrinsics.flatMap(([tag, name]) => [
    { tag, resolve: (text: string) => ({ [name]: name === 'Fn::GetAtt' ? partsOf(text) : text }) },
    { tag, collection: 'seq' as const, resolve: (node: YAMLMap | YAMLSeq) => ({ [name]: node.toJSON() }) },
    { tag, collection: 'map' as const, resolve: (node: YAMLMap | YAMLSeq) => ({ [name]: node.toJSON() }) },
  ]);
}

/** The long form of GetAtt takes a list. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html */
function partsOf(text: string): readonly string[] {
  const [resource = '', ...attribute] = text.split('.');
  return [resource, attribute.join('.')];
}
