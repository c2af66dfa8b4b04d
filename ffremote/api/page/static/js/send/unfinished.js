// Uploads that an earlier page began: found by name, size and time of the file, and continued.
import { get } from "../core/api.js";
import { segment } from "../core/place.js";
import { makeStore } from "../core/store.js";
import { dropRecord, records } from "./records.js";
import { sentElsewhere } from "./tabs.js";
import { isOurs, resumeUpload } from "./uploads.js";

// Each is a record with `bytes_received`, as the server has it.
export const unfinished = makeStore([]);

// Ask the server which of the kept uploads still lack bytes; the others are forgotten.
export async function lookForUnfinished() {
  const found = [];
  const elsewhere = records().length ? await sentElsewhere() : new Set();
  for (const record of records()) {
    if (isOurs(record.upload_id) || elsewhere.has(record.upload_id)) continue;
    try {
      const upload = await get(`/uploads/${segment(record.upload_id)}`);
      if (upload.bytes_received < upload.bytes) found.push({ ...record, bytes_received: upload.bytes_received });
      else dropRecord(record.upload_id);
    } catch (error) {
      if (error.status === 404 || error.status === 410) dropRecord(record.upload_id);
      else throw error;
    }
  }
  unfinished.set(found);
}

const isOf = (file) => (record) =>
  record.name === file.name && record.size === file.size && record.modified === file.lastModified;

// Go on with the upload of this file, if there is one; returns whether.
export function resume(file) {
  const record = unfinished.get().find(isOf(file));
  if (!record) return false;
  unfinished.set((all) => all.filter((each) => each !== record));
  resumeUpload(record, file);
  return true;
}

export function forgetUpload(record) {
  dropRecord(record.upload_id);
  unfinished.set((all) => all.filter((each) => each !== record));
}
