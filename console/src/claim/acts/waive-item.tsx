import { JudgeItem } from '../../desk/judging/judge-item';
import type { ActFormProps } from './form';

export default function WaiveItem(props: ActFormProps) {
  return <JudgeItem {...props} command="waive-item" />;
}
