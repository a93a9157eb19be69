// Plain JavaScript for Node 20, because nothing is installed yet when it runs: `node bootstrap.mjs ENTRY.ts`
// installs the locked packages when they are missing, then runs the TypeScript entry under the pinned Node 24.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const projectDir = resolve(fileURLToPath(import.meta.url), '../../..');
const binDir = join(projectDir, 'node_modules/.bin');
const lockDir = join(projectDir, '.local/install.lock');
const heartbeatMs = 1_000;
const staleAfterMs = 10_000;
const parentPollMs = 250;

const [entry, ...given] = process.argv.slice(2);
if (entry === undefined) fail('Usage: node infra/local/bootstrap.mjs ENTRY.ts [FOLDER] [ARGUMENT…]');
const entryArgs = withoutSagaFolder(given);
if (!isInstalled()) await withInstallLock(installPackages);
const plainErrors = pathToFileURL(join(projectDir, 'infra/local/plain-errors.mjs')).href;
await supervise(findNode(), ['--import', plainErrors, resolve(projectDir, entry), ...entryArgs], 'inherit');

/** A command is about the shop, unless its first argument is the folder of another saga: `npm start -- examples/trip`. */
function withoutSagaFolder(args) {
  const [folder, ...others] = args;
  if (folder === undefined || !existsSync(join(projectDir, folder, 'saga.ts'))) return args;
  process.env.SAGA_FOLDER = relative(projectDir, join(projectDir, folder));
  return others;
}

/**
 * Compares npm's record of what it installed with the lock file, by content. npm writes that record last, so
 * an interrupted `npm ci` leaves none. https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#hidden-lockfiles
 */
function isInstalled() {
  return missingPackages().length === 0;
}

function missingPackages() {
  const wanted = readPackages(join(projectDir, 'package-lock.json'));
  const present = readPackages(join(projectDir, 'node_modules/.package-lock.json')) ?? {};
  if (wanted === undefined) fail('package-lock.json is missing or damaged; restore it with git.');
  // These are optional only because each is for one kind of machine: Node itself, and DynamoDB.
  const platformPackages = Object.keys(wanted[''].optionalDependencies).map((name) => `node_modules/${name}`);
  return Object.entries(wanted)
    .filter(([path, { version, integrity, optional, os, cpu }]) => {
      if (path === '') return false;
      const found = present[path];
      const isForHere = [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
      if (found === undefined) return optional !== true || (platformPackages.includes(path) && isForHere);
      // npm's record has none for a package that it did not look at.
      return found.version !== version || (integrity !== undefined && found.integrity !== integrity);
    })
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Two commands may begin on a fresh clone at once; the second one waits for the first one's packages. */
async function withInstallLock(action) {
  // For this user alone, as infra/local/private-files.ts says.
  mkdirSync(join(lockDir, '..'), { recursive: true, mode: 0o700 });
  let hasSaidSo = false;
  while (!tryLock()) {
    if (isStale(lockDir)) discardStaleLock();
    else if (!hasSaidSo) {
      console.error('Another command is installing the packages; waiting for it…');
      hasSaidSo = true;
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  const heartbeat = setInterval(() => utimesSync(lockDir, new Date(), new Date()), heartbeatMs);
  try {
    if (!isInstalled()) await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(lockDir, { recursive: true, force: true });
  }
}

function tryLock() {
  try {
    mkdirSync(lockDir);
    writeFileSync(join(lockDir, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder touches the folder every second. One that was killed is noticed at once by its pid. */
function isStale(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > staleAfterMs) return true;
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Two may find the same stale lock; the one that comes late may have moved the other's fresh lock aside. */
function discardStaleLock() {
  const aside = `${lockDir}.${process.pid}`;
  try {
    renameSync(lockDir, aside);
    if (isStale(aside)) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, lockDir);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** stdout belongs to the entry (`npm run -s token` prints a token and nothing else), so npm gets stderr. */
async function installPackages() {
  console.error('Installing the packages with npm ci (once, about a minute)…');
  const settings = [
    // What runs here needs them all, where package-lock.json has them, whatever NODE_ENV or npm's settings say.
    ...['dev', 'optional', 'peer'].map((kind) => `--include=${kind}`),
    ...['--legacy-peer-deps=false', '--install-strategy=hoisted'],
    // Some packages want a later Node than the one that installs them. They get it: see findNode().
    '--engine-strict=false',
    // What is installed is what is locked, and nothing that a package's script makes of it.
    '--ignore-scripts',
    ...['--no-audit', '--no-fund', '--no-update-notifier'],
    // `npm run -s` would silence npm's errors too.
    '--loglevel=error',
  ];
  const [program, ...first] = findNpm();
  await supervise(program, [...first, 'ci', ...settings], ['ignore', 2, 2]);
  const missing = missingPackages();
  if (missing.length > 0) fail(`npm ci did not install ${missing.join(', ')}. Does your registry have them?`);
}

/** The npm that runs this, or else the one on the PATH: only npm reads package-lock.json. */
function findNpm() {
  const { npm_execpath: cli = '' } = process.env;
  return basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm'];
}

/** Node's own support for proxies would send calls to this machine through the proxy, too. https://nodejs.org/api/http.html#built-in-proxy-support */
function environmentOfEntry() {
  const { NO_PROXY, no_proxy = NO_PROXY } = process.env;
  const direct = [no_proxy, 'localhost', '127.0.0.1'].filter(Boolean).join(',');
  return { ...process.env, NO_PROXY: direct, no_proxy: direct };
}

/** The pinned Node comes as a package for Linux; elsewhere the developer's own serves if it runs TypeScript. */
function findNode() {
  const pinned = join(binDir, 'node');
  if (runsTypeScript(spawnSync(pinned, ['--version'], { encoding: 'utf8' }).stdout)) return pinned;
  if (runsTypeScript(process.version)) return process.execPath;
  return fail(
    `Node 24 is needed, and npm has no package of it for ${process.platform}-${process.arch}. Install it from https://nodejs.org (this is ${process.version}), then run the command again.`,
  );
}

/** https://nodejs.org/api/typescript.html: without a flag since 22.18 and 23.6. */
function runsTypeScript(version) {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version ?? '')?.map(Number) ?? [];
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/**
 * Runs a program until it ends. An entry ends this process too, with its exit code or signal; the IPC channel
 * tells it when this process is killed. Other programs return when they succeed.
 */
async function supervise(program, programArgs, stdio) {
  const isEntry = stdio === 'inherit';
  const child = spawn(program, programArgs, {
    cwd: isEntry ? process.cwd() : projectDir,
    env: {
      ...(isEntry ? environmentOfEntry() : process.env),
      PATH: [binDir, process.env.PATH].join(delimiter),
    },
    stdio: isEntry ? ['inherit', 'inherit', 'inherit', 'ipc'] : stdio,
  });
  const stopForwarding = forwardSignals(child);
  const { code, signal, error } = await new Promise((done) => {
    child.once('error', (error) => done({ error }));
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  stopForwarding();
  if (error !== undefined) {
    const advice =
      program === 'npm' ? ' It installs the packages, and comes with Node: https://nodejs.org' : '';
    fail(`${program} could not be started: ${error.message}.${advice}`);
  }
  if (isEntry || signal !== null || code !== 0) {
    if (!isEntry) rmSync(lockDir, { recursive: true, force: true });
    if (signal !== null) process.kill(process.pid, signal);
    process.exit(code ?? 1);
  }
}

function forwardSignals(child) {
  // A terminal sends Ctrl-C to the whole foreground group: the child has it already.
  const onInterrupt = () => process.stdin.isTTY || child.kill('SIGINT');
  const onTerminate = () => child.kill('SIGTERM');
  const onHangUp = () => child.kill('SIGHUP');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onHangUp);
  // npm passes SIGTERM to its shell only, which dies and leaves us behind with another parent.
  const parent = process.ppid;
  const isUnderNpm = process.env.npm_lifecycle_event !== undefined;
  const watch = setInterval(() => {
    if (!isUnderNpm || process.ppid === parent) return;
    clearInterval(watch);
    onTerminate();
  }, parentPollMs);
  watch.unref();
  return () => {
    clearInterval(watch);
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onHangUp);
  };
}

function fail(line) {
  console.error(line);
  process.exit(1);
}
