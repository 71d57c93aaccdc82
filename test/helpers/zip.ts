import AdmZip from 'adm-zip';

/** Bytes of a zip archive with these files, deflated. */
export function zip(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const archive = new AdmZip({ noSort: true });
  for (const [name, bytes] of Object.entries(files)) archive.addFile(name, Buffer.from(bytes));
  return archive.toBuffer();
}
