/** Ends the process if there are arguments: without this, `--help` would run the command. */
export function refuseArguments(command: string): void {
  const [argument] = process.argv.slice(2);
  if (argument === undefined) return;
  console.error(`npm ${command} takes no arguments, but got ${argument}. README.md lists its settings.`);
  process.exit(2);
}
