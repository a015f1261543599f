import type { z } from 'zod';
import type { FrameText, TemplateSpec } from './protocol-spec.ts';

/** With frames in MessagePack, which only mappings and lists can be. */
export function settleEncoding(
  described: TemplateSpec,
  encoding: 'text' | 'msgpack',
  context: z.RefinementCtx,
): TemplateSpec {
  if (encoding === 'text') return described;
  const { send, opening, heartbeat, answers, transport } = described;
  const places: readonly (readonly [string, readonly (FrameText | null)[]])[] = [
    ['send', send.by === 'frame' ? [send.frame] : []],
    ['open', opening.flatMap((step) => step.send)],
    ['heartbeat', heartbeat === null ? [] : [heartbeat.frame]],
    ['answers', answers.map((answer) => answer.send)],
  ];
  for (const [key, frames] of places) {
    if (!frames.some((frame) => frame !== null && frame.encoding !== 'json')) continue;
    const message = 'expected a mapping or a list with encoding: msgpack';
    context.addIssue({ code: 'custom', message, path: [key] });
  }
  if (transport !== 'websocket')
    context.addIssue({ code: 'custom', message: `expected text with transport: ${transport}`, path: ['encoding'] });
  return { ...described, encoding, frames: 'binary' };
}
