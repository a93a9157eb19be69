// Plain JavaScript, loaded before a command. A declaration or setting that is refused says what to do: its sentences are enough.
const plain = ['DeclarationError', 'SettingError'];
process.on('uncaughtException', (error) => {
  console.error(plain.includes(error?.name) ? error.message : error);
  process.exit(1);
});
