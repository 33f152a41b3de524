import { JudgeItem } from '../../desk/judging/judge-item';
import type { ActFormProps } from './form';

export default function RejectAnswer(props: ActFormProps) {
  return <JudgeItem {...props} command="reject-answer" />;
}
