/**
 * Leaves alone what the compiler proves unreachable: `default: return value satisfies never`. A mutant of it
 * cannot be killed, and it stands at the end of every switch over a closed union.
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
