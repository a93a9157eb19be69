/**
 * Ignores code that the compiler proves unreachable: `default: return value satisfies never`. It ends every switch over
 * a closed union, and its mutants cannot be killed.
 * https://stryker-mutator.io/docs/stryker-js/disable-mutants/#using-an-ignorer-plugin
 */
const unreachable = {
  shouldIgnore(path) {
    const [statement] = path.isSwitchCase() && path.node.test === null ? path.node.consequent : [];
    const isNever =
      statement?.type === 'ReturnStatement' &&
      statement.argument?.type === 'TSSatisfiesExpression' &&
      statement.argument.typeAnnotation.type === 'TSNeverKeyword';
    return isNever ? 'the compiler proves that it is unreachable' : undefined;
  },
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'unreachable', value: unreachable }];
