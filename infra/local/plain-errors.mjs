// Plain JavaScript, loaded before a command. A declaration that is refused says what to do: its sentences are enough.
process.on('uncaughtException', (error) => {
  console.error(error?.name === 'DeclarationError' ? error.message : error);
  process.exit(1);
});
