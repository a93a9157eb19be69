import type { ModuleItem, Pattern, Statement } from '@swc/core';
import type { Place, Syntax } from './source.ts';

/** The names that a place sees. */
export function visibleAt({ around }: Place, body: readonly ModuleItem[]): ReadonlySet<string> {
  return new Set([...body.flatMap(declaredBy), ...around.flatMap(introducedBy)]);
}

/** The names that a pattern binds. */
function boundBy(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.value];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => {
        if (property.type === 'KeyValuePatternProperty') return boundBy(property.value);
        return property.type === 'RestElement' ? boundBy(property.argument) : [property.key.value];
      });
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? boundBy(element) : []));
    case 'RestElement':
      return boundBy(pattern.argument);
    case 'AssignmentPattern':
      return boundBy(pattern.left);
    default:
      return [];
  }
}

/** What a statement adds to the block, or the module, that it stands in. */
function declaredBy(statement: ModuleItem | Statement): readonly string[] {
  switch (statement.type) {
    case 'ImportDeclaration':
      return statement.specifiers.map(({ local }) => local.value);
    case 'ExportDeclaration':
      return declaredBy(statement.declaration);
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return [statement.identifier.value];
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ id }) => boundBy(id));
    default:
      return [];
  }
}

/** What is to be seen inside it and not beside it. */
export function introducedBy(syntax: Syntax): readonly string[] {
  // swc calls a function's block by a name that its types don't have.
  if ('stmts' in syntax) return syntax.stmts.flatMap(declaredBy);
  switch (syntax.type) {
    case 'ArrowFunctionExpression':
      return syntax.params.flatMap(boundBy);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'MethodProperty':
      return syntax.params.flatMap(({ pat }) => boundBy(pat));
    case 'ClassMethod':
    case 'PrivateMethod':
      return syntax.function.params.flatMap(({ pat }) => boundBy(pat));
    case 'ForOfStatement':
      return syntax.left.type === 'VariableDeclaration' ? declaredBy(syntax.left) : [];
    case 'ForStatement':
      return syntax.init?.type === 'VariableDeclaration' ? declaredBy(syntax.init) : [];
    case 'CatchClause':
      return syntax.param ? boundBy(syntax.param) : [];
    case 'SwitchCase':
      return syntax.consequent.flatMap(declaredBy);
    default:
      return [];
  }
}

/** A name that stands for a value at this place, and is no member's. */
export function referenceAt({ syntax, around }: Place): string | undefined {
  if (syntax.type !== 'Identifier') return undefined;
  const parent = around.at(-1);
  if (parent === undefined) return syntax.value;
  const isKey = 'key' in parent && parent.key === syntax && parent.type !== 'AssignmentPatternProperty';
  const isMember = parent.type === 'MemberExpression' && parent.property === syntax;
  return isKey || isMember ? undefined : syntax.value;
}
