import { Box, type BoxProps, type DOMElement, measureElement } from 'ink';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

export interface BoxSize {
  readonly width: number;
  readonly height: number;
}

interface MeasuredBoxProps extends BoxProps {
  /** What stands in it, given the room there is; nothing where there is none. */
  readonly children: (size: BoxSize) => ReactNode;
}

/** A box whose content depends on the room that the layout leaves it, and is cut off at its edges. */
export function MeasuredBox({ children, ...box }: MeasuredBoxProps) {
  const ref = useRef<DOMElement>(null);
  const [size, setSize] = useState<BoxSize>({ width: 0, height: 0 });
  // Before anything is drawn, after every layout: any other box may have taken from this one's room.
  useLayoutEffect(() => {
    if (ref.current === null) return;
    const { width, height } = measureElement(ref.current);
    setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
  });
  return (
    <Box ref={ref} overflow="hidden" minHeight={0} flexDirection="column" {...box}>
      {size.width > 0 && size.height > 0 ? children(size) : null}
    </Box>
  );
}
