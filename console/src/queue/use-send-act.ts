import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTell } from '../app/tell';
import { useWords } from '../words/use-words';
import { useQueue } from './context';
import type { Outcome, ToSend } from './queue';

/** Sends acts and tells the person what became of each; a refusal is answered to the form, which keeps what was typed. */
export function useSendAct(): { send: (act: ToSend) => Promise<Outcome>; sending: boolean } {
  const queue = useQueue();
  const tell = useTell();
  const { t } = useTranslation('app');
  const words = useWords();
  const [sending, setSending] = useState(false);
  return {
    sending,
    async send(act) {
      setSending(true);
      try {
        const outcome = await queue.send(act);
        if (outcome.unkept && outcome.kind !== 'refused') void tell.warning(t('sent.unkept'), 8);
        else if (outcome.kind === 'done') void tell.success(t('sent.done'));
        else if (outcome.kind === 'waiting') void tell.warning(t('sent.waiting'), 6);
        else if (outcome.kind === 'kept') void tell.info(t('sent.kept'), 6);
        else if (outcome.unkept && !outcome.problem) void tell.error(t('sent.notSent'), 8);
        else void tell.error(outcome.problem ? words(outcome.problem.text) : t('failure.unknown'), 8);
        return outcome;
      } finally {
        setSending(false);
      }
    },
  };
}
