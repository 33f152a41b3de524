import { JudgeItem } from '../../desk/judging/judge-item';
import type { ActFormProps } from './form';

export default function AcceptAnswer(props: ActFormProps) {
  return <JudgeItem {...props} command="accept-answer" />;
}
