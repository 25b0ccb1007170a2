/** The contracts there are: every file of a folder, those that ship where none is named. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../../ground/paths.ts';
import type { Definition } from '../definition.ts';
import { type Contract, loadContract } from './contract.ts';

/** By id. Throws CC_FILE_UNREADABLE and CC_PROFILE_INVALID. */
export function contractsIn(
  definitions: ReadonlyMap<string, Definition>,
  folder: string = fromRoot('profiles', 'contracts'),
): ReadonlyMap<string, Contract> {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  const contracts = files.map((name) => loadContract(join(folder, name), definitions));
  return new Map(contracts.map((contract) => [contract.id, contract]));
}
