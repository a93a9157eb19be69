/** A command that does what it does whatever follows it would do it to who asked for help, too. Ends the process. */
export function refuseArguments(command: string): void {
  const [argument] = process.argv.slice(2);
  if (argument === undefined) return;
  console.error(
    `npm ${command} takes no arguments, and was given ${argument}. docs/operations.md lists its settings.`,
  );
  process.exit(2);
}
