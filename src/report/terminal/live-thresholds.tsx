import { Text } from 'ink';
import type { LiveThreshold } from '../../record/live-update.ts';
import { useTheme } from './live-theme.ts';
import { plainText } from './plain-text.ts';

/** Thresholds as they stand, those that fail first; what does not fit is counted. */
export function LiveThresholds(props: { readonly thresholds: readonly LiveThreshold[]; readonly lines: number }) {
  const { quiet } = useTheme();
  const { thresholds, lines } = props;
  const ordered = [...thresholds].sort((one, other) => Number(other.ok === false) - Number(one.ok === false));
  const shown = ordered.length <= lines ? ordered : ordered.slice(0, lines - 1);
  const hidden = ordered.length - shown.length;
  return (
    <>
      {shown.map((threshold) => (
        <ThresholdLine key={threshold.expression} {...threshold} />
      ))}
      {hidden > 0 && <Text>{quiet(`… ${hidden} more`)}</Text>}
    </>
  );
}

/** What fails is loud, what holds is not, and what nobody knows yet is quiet. */
function ThresholdLine({ expression, actual, ok }: LiveThreshold) {
  const theme = useTheme();
  const text = plainText(expression);
  const told = `${text}   ${plainText(actual ?? '')}`;
  const line =
    ok === null
      ? theme.quiet(`· ${text}   known at the end`)
      : ok
        ? `${theme.good('✓')} ${told}`
        : theme.bad(`✗ ${told}`);
  return <Text wrap="truncate-end">{line}</Text>;
}
