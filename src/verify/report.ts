/** What a verifier finds, and the same in words. */

/** A byte of a file that is not what it was; `at` counts from 0 within the file, `inPack` within the ZIP. */
export interface ChangedByte { at: number; inPack: number; was: number; is: number }

export type Fault =
  /** The ZIP itself, outside of the contents. */
  | { kind: 'frame'; of: string; byte: ChangedByte; more: number }
  | { kind: 'length'; was: number; is: number }
  | { kind: 'missing' | 'extra'; path: string }
  /** Bytes `from` to `to` (both in it) of a file: somewhere in there; `byte` where it is one alone. */
  | { kind: 'content'; path: string; from: number; to: number; inPack: number; byte: ChangedByte | null; event: number | null; moreBlocks: number; shifted: number }
  | { kind: 'signature' }
  /** Signed under a key that is not among those that the verifier was given. */
  | { kind: 'key'; keyId: string; path: string }
  | { kind: 'chain'; event: number; field: string }
  | { kind: 'document'; documentId: string; why: 'not-as-recorded' | 'missing' | 'changed' }
  | { kind: 'anchor'; seq: number; field: 'hash' | 'signature' | 'root' | 'event' | 'key' }
  | { kind: 'unreadable'; path: string };

export interface Report {
  /** False: this is no evidence pack at all, or not enough is left of one. */
  isPack: boolean;
  claimNo: string | null;
  version: number | null;
  seenAs: string | null;
  readsUntil: string | null;
  files: number;
  events: number;
  /** The last event that a signed line of the ledger holds, and when it was signed; null: none yet. */
  anchored: { event: number; seq: number; at: string } | null;
  /** `trusted` null: nobody told the verifier which keys to believe. `fingerprint`: SHA-256 of the public key. */
  signedBy: { keyId: string; fingerprint: string; trusted: boolean | null } | null;
  /** What the log says was erased by rule: `file` (documents and words) or `person`, by which rule, on which day. */
  erased: Array<{ what: string; rule: string; on: string }>;
  faults: Fault[];
}

export interface Words { zh: string; en: string }

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
const changed = ({ at, inPack, was, is }: ChangedByte): Words => ({ zh: `第 ${at} 字节（压缩包内第 ${inPack} 字节）由 ${hex(was)} 改为 ${hex(is)}`, en: `byte ${at} (byte ${inPack} of the pack) was ${hex(was)} and is ${hex(is)}` });

/** A fault in words; bytes count from 0. */
export function inWords(fault: Fault): Words {
  switch (fault.kind) {
    case 'frame': {
      const { byte, of, more } = fault;
      const where: Words = of === '' ? { zh: '压缩包的结尾', en: 'the end of the ZIP' } : { zh: `${of} 的压缩包条目`, en: `the ZIP's entry of ${of}` };
      return { zh: `${where.zh}：压缩包第 ${byte.inPack} 字节由 ${hex(byte.was)} 改为 ${hex(byte.is)}${more > 0 ? `，另有 ${more} 字节不同` : ''}。`, en: `${where.en}: byte ${byte.inPack} of the pack was ${hex(byte.was)} and is ${hex(byte.is)}${more > 0 ? `, and ${more} more differ` : ''}.` };
    }
    case 'length': return { zh: `压缩包应为 ${fault.was} 字节，实为 ${fault.is} 字节：有内容被加入、删去，或被重新打包。`, en: `The pack was ${fault.was} bytes long and is ${fault.is}: something was put in or taken out, or it was packed anew.` };
    case 'missing': return { zh: `缺少 ${fault.path}。`, en: `${fault.path} is missing.` };
    case 'extra': return { zh: `多出 ${fault.path}，不在签名的清单中。`, en: `${fault.path} was added: the signed manifest does not know it.` };
    case 'content': {
      const { path, from, to, byte, event, moreBlocks, shifted } = fault;
      const where = byte ? changed(byte) : { zh: `第 ${from} 至 ${to} 字节之间有改动（精确到 64 KiB 的块）`, en: `changed between bytes ${from} and ${to} (known to the block of 64 KiB)` };
      const more: Words = { zh: `${moreBlocks > 0 ? `，另有 ${moreBlocks} 块不同` : ''}${shifted > 0 ? `，其后 ${shifted} 个文件因此错位` : ''}`, en: `${moreBlocks > 0 ? `, and ${moreBlocks} more blocks differ` : ''}${shifted > 0 ? `; ${shifted} files behind it are displaced` : ''}` };
      return { zh: `${path}${event === null ? '' : `（事件 ${event}）`}：${where.zh}${more.zh}。`, en: `${path}${event === null ? '' : ` (event ${event})`}: ${where.en}${more.en}.` };
    }
    case 'signature': return { zh: '签名与 manifest.json 不符：清单或签名在签发后被改动。', en: 'The signature does not fit manifest.json: the manifest or its signature was changed after signing.' };
    case 'key': return { zh: `${fault.path} 由密钥 ${fault.keyId} 签名，而它不在您给出的公钥之中。`, en: `${fault.path} is signed under key ${fault.keyId}, which is not among the public keys that you gave.` };
    case 'chain': return { zh: `事件 ${fault.event} 与哈希链不符（${fault.field}）：此前的事件未被改动。`, en: `Event ${fault.event} does not fit the hash chain (${fault.field}); nothing before it was touched.` };
    case 'document': return {
      'not-as-recorded': { zh: `材料 ${fault.documentId} 与事件中记录的 SHA-256 不符。`, en: `Document ${fault.documentId} is not the one whose SHA-256 the events record.` },
      missing: { zh: `生成证据包时，材料 ${fault.documentId} 已不在存储中。`, en: `Document ${fault.documentId} was missing from the store when the pack was made.` },
      changed: { zh: `生成证据包时，存储中的材料 ${fault.documentId} 已与记录不符。`, en: `Document ${fault.documentId} had been changed in the store when the pack was made.` },
    }[fault.why];
    case 'anchor': return { zh: `账本第 ${fault.seq} 行不成立（${fault.field}）。`, en: `Line ${fault.seq} of the ledger does not hold (${fault.field}).` };
    case 'unreadable': return { zh: `${fault.path} 无法读取。`, en: `${fault.path} cannot be read.` };
  }
}

/** All that is to be said of a pack, a line each: first the verdict. */
export function sentences(report: Report): Words[] {
  const { claimNo, version, seenAs, readsUntil, files, events, anchored, signedBy, faults } = report;
  if (!report.isPack) return [{ zh: '这不是证据包，或已残缺到无法核验。', en: 'This is no evidence pack, or not enough is left of one.' }, ...faults.map(inWords)];
  const verdict: Words = faults.length === 0 ? { zh: '完整，未被改动。', en: 'Genuine: nothing was changed.' } : { zh: '已被改动：', en: 'Changed:' };
  return [
    { zh: `${claimNo ?? ''} 第 ${version ?? ''} 版，${files} 个文件，${events} 个事件。${verdict.zh}`, en: `${claimNo ?? ''}, version ${version ?? ''}, ${files} files, ${events} events. ${verdict.en}` },
    ...faults.map(inWords),
    ...report.erased.map(({ what, rule, on }) => ({ zh: `${what === 'file' ? '材料和文字说明' : '身份和账户'}已于 ${on} 按规则 ${rule} 删除，哈希仍在。`, en: `${what === 'file' ? 'Documents and remarks' : 'Identity and account'}: erased by rule ${rule} on ${on}; their hashes remain.` })),
    ...(signedBy ? [{
      zh: `签名密钥 ${signedBy.keyId}，指纹 ${signedBy.fingerprint}。${signedBy.trusted === null ? '请与平台公布的公钥（/v1/evidence-keys）核对此指纹。' : ''}`,
      en: `Signed under key ${signedBy.keyId}, fingerprint ${signedBy.fingerprint}.${signedBy.trusted === null ? ' Compare this fingerprint with the published one (/v1/evidence-keys).' : ''}`,
    }] : []),
    anchored
      ? { zh: `事件 1 至 ${anchored.event} 见于 ${anchored.at} 签署的账本第 ${anchored.seq} 行${anchored.event < (version ?? 0) ? '；其后的事件尚未入账（每小时一次）' : ''}。`, en: `Events 1 to ${anchored.event} stand in line ${anchored.seq} of the ledger, signed at ${anchored.at}${anchored.event < (version ?? 0) ? '; later ones were not in it yet (it has a line an hour)' : ''}.` }
      : { zh: '事件尚未写入账本（每小时一次）。', en: 'No event stands in the ledger yet (it has a line an hour).' },
    ...(seenAs === null ? [] : [{ zh: `按角色 ${seenAs} 可见的范围生成；调阅记录截至 ${readsUntil ?? ''}。`, en: `Made as the role ${seenAs} may see it; readings up to ${readsUntil ?? ''}.` }]),
  ];
}
