/**
 * Tells of any change below a folder. Each folder is watched by itself: on Linux, Node 20's recursive watching follows
 * files, and loses one that an editor saves by moving a new one over it.
 */
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

export interface FolderWatch {
  close(): void;
}

/** Throws as node:fs where the folder can't be watched; one that vanishes later is told as a change. */
export function watchFolder(
  folder: string,
  onChange: () => void,
  options: { persistent?: boolean } = {},
): FolderWatch {
  const watchers = new Map<string, FSWatcher>();

  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  const add = (path: string) => {
    if (watchers.has(path)) return;
    const watcher = watch(path, options, () => {
      addBelow(path);
      onChange();
    });
    watcher.on('error', () => forget(path));
    watchers.set(path, watcher);
    addBelow(path);
  };
  /** Folders may come, go and come again under the same name. */
  function addBelow(path: string): void {
    let names: Set<string>;
    try {
      names = new Set(
        readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? [join(path, entry.name)] : [],
        ),
      );
    } catch {
      forget(path);
      return;
    }
    for (const known of watchers.keys())
      if (known !== path && join(known, '..') === path && !names.has(known)) forget(known);
    for (const name of names) {
      try {
        add(name);
      } catch {
        // Gone between the listing and the watching: the next change tells.
      }
    }
  }

  add(folder);
  return {
    close() {
      for (const path of [...watchers.keys()]) forget(path);
    },
  };
}
