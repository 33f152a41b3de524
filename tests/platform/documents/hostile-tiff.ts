/** A small TIFF that asks for much reading: each page points at the same offsets and lengths. */
export function pagesOfOneTable(pages: number, strips: number): Buffer {
  const ENTRIES = 4, PAGE = 2 + ENTRIES * 12 + 4, table = 8 + pages * PAGE;
  const bytes = Buffer.alloc(table + strips * 4);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  for (let page = 0; page < pages; page += 1) {
    const at = 8 + page * PAGE;
    bytes.writeUInt16LE(ENTRIES, at);
    [[256, 1, 1], [257, 1, 1], [273, strips, table], [279, strips, table]].forEach(([tag, count, value], n) => {
      bytes.writeUInt16LE(tag!, at + 2 + n * 12);
      bytes.writeUInt16LE(4, at + 4 + n * 12);
      bytes.writeUInt32LE(count!, at + 6 + n * 12);
      bytes.writeUInt32LE(value!, at + 10 + n * 12);
    });
    bytes.writeUInt32LE(page === pages - 1 ? 0 : at + PAGE, at + PAGE - 4);
  }
  return bytes;
}
