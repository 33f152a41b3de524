import { Decide } from '../../desk/judging/decide';
import type { ActFormProps } from './form';

export default function Reject(props: ActFormProps) {
  return <Decide {...props} command="reject" />;
}
