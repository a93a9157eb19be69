import { createHash } from 'node:crypto';
import { lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNodeError } from '../processes/identity-file.ts';
import { SetupError } from '../processes/setup-error.ts';

const plain = /^[\w./-]+$/;

const linkTo = (folder: string): string => {
  const parent = plain.test(tmpdir()) ? tmpdir() : '/tmp';
  return join(parent, `order-saga-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);
};

/**
 * A path to the folder that RabbitMQ can use. Its shell scripts, its configuration file and its check of the free disk
 * space each break at other characters (a quote, `#`, a letter that is not ASCII), so such a folder gets a link.
 */
export function plainPathTo(folder: string): string {
  if (plain.test(folder)) return folder;
  const link = linkTo(folder);
  try {
    symlinkSync(folder, link);
  } catch (error) {
    if (!isNodeError(error, 'EEXIST')) throw error;
    // Temporary folders are everybody's: a link of somebody else could lead anywhere.
    if (!isOwnLink(link, folder)) throw new SetupError(`${link} is in the way. Delete it, then start again.`);
  }
  return link;
}

export function removePlainPath(folder: string): void {
  if (!plain.test(folder) && isOwnLink(linkTo(folder), folder)) rmSync(linkTo(folder));
}

function isOwnLink(link: string, folder: string): boolean {
  const found = lstatSync(link, { throwIfNoEntry: false });
  return (
    found?.isSymbolicLink() === true && found.uid === process.getuid?.() && readlinkSync(link) === folder
  );
}
