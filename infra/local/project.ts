import { basename, join, resolve } from 'node:path';

export const projectDir = resolve(import.meta.dirname, '../..');

/** The shop's folder. Another saga's is named by its command, as in `npm start -- examples/trip`: bootstrap.mjs sets it. */
const SHOP_FOLDER = 'functions';
export const sagaFolder = process.env.SAGA_FOLDER || SHOP_FOLDER;
export const isShop = sagaFolder === SHOP_FOLDER;
export const startCommand = isShop ? 'npm start' : `npm start -- ${sagaFolder}`;
export const declarationFile = `${sagaFolder}/${isShop ? 'shop' : 'saga'}.ts`;

/** The folder of the local system's data: DATA_DIR, or `.local` in the project, or a folder in that for another saga. */
export function dataDirFrom(environment: NodeJS.ProcessEnv): string {
  const chosen = environment.DATA_DIR;
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return join(projectDir, '.local', ...(isShop ? [] : [basename(sagaFolder)]));
}
