import { Text } from 'ink';
import type { LiveThreshold } from '../../record/live-update.ts';
import { plainText } from './plain-text.ts';

/** Thresholds as they stand, those that fail first; what does not fit is counted. */
export function LiveThresholds(props: { readonly thresholds: readonly LiveThreshold[]; readonly lines: number }) {
  const { thresholds, lines } = props;
  if (lines === 0) return null;
  const ordered = [...thresholds].sort((one, other) => Number(other.ok === false) - Number(one.ok === false));
  const shown = ordered.length <= lines ? ordered : ordered.slice(0, lines - 1);
  const hidden = ordered.length - shown.length;
  return (
    <>
      {shown.map((threshold) => (
        <ThresholdLine key={threshold.expression} {...threshold} />
      ))}
      {hidden > 0 && <Text dimColor>{`… ${hidden} more`}</Text>}
    </>
  );
}

function ThresholdLine({ expression, actual, ok }: LiveThreshold) {
  const text = plainText(expression);
  if (ok === null) {
    return (
      <Text dimColor wrap="truncate-end">
        {`· ${text}   known at the end`}
      </Text>
    );
  }
  return (
    <Text wrap="truncate-end" {...(ok ? {} : { color: 'red', bold: true })}>
      {ok ? <Text color="green">✓</Text> : '✗'}
      {` ${text}   ${plainText(actual ?? '')}`}
    </Text>
  );
}
