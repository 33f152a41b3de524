/** Why an upload is refused, in words for the person who sent it. SPEC §3: bad input is answered with the field, the rule, and what to do. */
import type { Text } from '../../domain/claim/text';

export type RefusalRule =
  | 'empty' | 'too-large' | 'unrecognised' | 'type-not-accepted' | 'not-for-this-kind' | 'mislabelled'
  | 'cut-short' | 'unreadable' | 'two-formats' | 'too-many-pixels' | 'too-many-pages' | 'expands-without-end'
  | 'checksum-mismatch' | 'malware';

export interface Refusal {
  kind: 'refused';
  rule: RefusalRule;
  text: Text;
}

/** What the file really is or the limit it broke, for the sentences that say so. */
export interface RefusalFacts {
  /** Media type or extension found. */
  found?: string;
  /** Largest size in bytes. */
  limitBytes?: number;
}

/** Content we know well enough to tell the sender what to do instead. */
const INSTEAD: readonly { found: RegExp; text: Text }[] = [
  {
    found: /(?:zip|rar|7z|gzip|x-tar|bzip2|x-xz)(?:-compressed)?$/,
    text: { zh: '压缩包不能上传：请解压后逐个上传其中的文件。', en: 'Archives are not taken: unpack it and upload each file in it.' },
  },
  {
    found: /officedocument|opendocument|msword|x-cfb|rtf$|docx?$|xlsx?$|pptx?$/,
    text: { zh: 'Office 文件不能上传：请另存为 PDF 后上传。', en: 'Office files are not taken: save it as PDF and upload that.' },
  },
  {
    found: /^image\/|gif$|bmp$|webp$/,
    text: { zh: '这种图片格式不能上传：请另存为 JPEG 或 PNG 后上传。', en: 'This picture format is not taken: save it as JPEG or PNG and upload that.' },
  },
  {
    found: /^(?:audio|video)\//,
    text: { zh: '这种音视频格式不能上传：请转为 MP4 或 MP3 后上传。', en: 'This recording format is not taken: convert it to MP4 or MP3 and upload that.' },
  },
];

/** Builds the refusal of a rule. */
export function refuse(rule: RefusalRule, facts: RefusalFacts = {}): Refusal {
  return { kind: 'refused', rule, text: TEXTS[rule](facts) };
}

/** What to do instead of sending this content, where we know. */
export function instead(found: string): Text | undefined {
  return INSTEAD.find((one) => one.found.test(found))?.text;
}

const TEXTS: Record<RefusalRule, (facts: RefusalFacts) => Text> = {
  empty: () => ({ zh: '文件是空的（0 字节）：请检查原文件后重新上传。', en: 'The file is empty (0 bytes): check the original and upload it again.' }),
  'too-large': ({ limitBytes = 0 }) => ({
    zh: `文件超过上限 ${megabytes(limitBytes)}：请压缩或分成几份上传。`,
    en: `The file is over the limit of ${megabytes(limitBytes)}: compress it or upload it in parts.`,
  }),
  unrecognised: () => ({
    zh: '无法识别文件内容：请上传 PDF、JPEG、PNG、TIFF、DICOM 或录音录像文件。',
    en: 'The content is not of a kind we know: upload a PDF, JPEG, PNG, TIFF, DICOM or a recording.',
  }),
  'type-not-accepted': ({ found = '' }) => instead(found) ?? {
    zh: `不接受这种文件（${found}）：请上传 PDF、JPEG、PNG、TIFF、DICOM 或录音录像文件。`,
    en: `Files of type ${found} are not taken: upload a PDF, JPEG, PNG, TIFF, DICOM or a recording.`,
  },
  'not-for-this-kind': () => ({
    zh: '这类材料不能是录音录像：请上传 PDF 或图片，录音录像请归入见证材料。',
    en: 'This kind of document cannot be a recording: upload a PDF or picture; recordings belong to the witness pack.',
  }),
  mislabelled: ({ found = '' }) => ({
    zh: `文件扩展名与内容不符，内容实际是 ${found}：请更正扩展名后重新上传。`,
    en: `The file's extension does not match its content, which is ${found}: correct the extension and upload it again.`,
  }),
  'cut-short': () => ({ zh: '文件不完整，结尾缺失：请重新导出或扫描后上传。', en: 'The file ends too early: export or scan it again and upload the whole file.' }),
  unreadable: () => ({ zh: '文件已损坏，无法打开：请重新导出或扫描后上传。', en: 'The file is damaged and cannot be opened: export or scan it again and upload that.' }),
  'two-formats': () => ({
    zh: '文件里混有另一种格式的内容：请重新导出为单一格式后上传。',
    en: 'The file holds a second format beside its own: export it again as one format and upload that.',
  }),
  'too-many-pixels': () => ({ zh: '图片像素过大，无法打开：请降低分辨率后上传。', en: 'The picture has more pixels than can be opened: upload it at a lower resolution.' }),
  'too-many-pages': () => ({ zh: '文件页数过多：请分成几份上传。', en: 'The file has too many pages: upload it in parts.' }),
  'expands-without-end': () => ({ zh: '文件解压后过大：请重新导出后上传。', en: 'The file unpacks to more than can be opened: export it again and upload that.' }),
  'checksum-mismatch': () => ({
    zh: '收到的内容与所报的 SHA-256 不一致，已删除：请重新上传。',
    en: 'What arrived does not have the sha256 that was declared, and was removed: upload the file again.',
  }),
  malware: () => ({ zh: '文件含有恶意程序，已删除：请检查来源设备。', en: 'The file holds malware and was removed: check the device it came from.' }),
};

const megabytes = (bytes: number): string => `${String(Math.floor(bytes / 1024 ** 2))} MiB`;
