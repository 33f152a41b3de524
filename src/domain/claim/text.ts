/** A sentence for people, in both languages of the console. */
export interface Text { zh: string; en: string }
