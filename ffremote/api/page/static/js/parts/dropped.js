// The files of a drop, with those in dropped folders, in the order of their names.
const MOST = 1000; // files of one drop; a whole disk is dropped by mistake

export async function filesOf(data) {
  // Entries have to be taken before the event ends; their files are read later.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...data.files];
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry, found) {
  if (found.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  for (const each of (await entriesOf(entry)).sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))) {
    await collect(each, found);
  }
}

async function entriesOf(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}
