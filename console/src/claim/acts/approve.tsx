import { Decide } from '../../desk/judging/decide';
import type { ActFormProps } from './form';

export default function Approve(props: ActFormProps) {
  return <Decide {...props} command="approve" />;
}
