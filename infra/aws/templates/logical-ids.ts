/** The framework's name for a function's resources in the template: `CountDashorderDashdeadDashletters…`. */
const normalised = (functionName: string): string =>
  functionName.replaceAll('-', 'Dash').replace(/^./, (letter) => letter.toUpperCase());

export const functionIdOf = (functionName: string): string => `${normalised(functionName)}LambdaFunction`;
