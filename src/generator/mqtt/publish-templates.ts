import mqttPacket from 'mqtt-packet';
import { bufferOver } from '../../buffer-over.ts';
import type { MqttSession, SendTemplate } from '../../protocol/chat-protocol.ts';
import { patchMarker, patchSequence } from '../../record/marker.ts';
import { type FrameStamps, stampFrame } from '../stamp-frame.ts';

interface PublishTemplate extends FrameStamps {
  readonly packet: Buffer;
  readonly markerOffsets: readonly number[];
  readonly sequenceOffsets: readonly number[];
  /** Where the packet's identifier stands; −1: it has none. */
  readonly idOffset: number;
}

/** Message templates as whole PUBLISH packets: sending one more is a copy, and what differs is patched. */
export class PublishTemplates {
  readonly #templates: readonly PublishTemplate[];

  constructor(templates: readonly SendTemplate[], session: MqttSession, topic: string) {
    this.#templates = templates.map((template) => createPublish(template, session, topic));
  }

  /** @param takeId the identifier of a message's packet, 1 to 65,535; asked only where its QoS wants one */
  encode(
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
    takeId: (sequence: number) => number,
  ): Buffer {
    const output = Buffer.allocUnsafe(
      payloads.reduce((sum, payload) => sum + this.#templates[payload]!.packet.length, 0),
    );
    let at = 0;
    for (let i = 0; i < sequences.length; i++) {
      const template = this.#templates[payloads[i]!]!;
      const sequence = sequences[i]!;
      output.set(template.packet, at);
      for (const offset of template.markerOffsets) patchMarker(output, at + offset, sequence, room);
      for (const offset of template.sequenceOffsets) patchSequence(output, at + offset, sequence);
      stampFrame(output, at, template, sequence);
      if (template.idOffset >= 0) output.writeUInt16BE(takeId(sequence), at + template.idOffset);
      at += template.packet.length;
    }
    return output;
  }
}

function createPublish(template: SendTemplate, { version, qos }: MqttSession, topic: string): PublishTemplate {
  const payload = bufferOver(template.frame);
  const packet = mqttPacket.generate(
    { cmd: 'publish', topic, payload, qos, dup: false, retain: false, ...(qos === 0 ? {} : { messageId: 1 }) },
    { protocolVersion: version },
  );
  const before = packet.length - payload.length;
  const behind = (offsets: readonly number[] = []) => offsets.map((offset) => before + offset);
  // The identifier stands behind the topic; in version 5 one byte says that there are no properties.
  const idOffset = qos === 0 ? -1 : before - (version === 5 ? 3 : 2);
  return {
    packet,
    markerOffsets: behind(template.markerOffsets),
    sequenceOffsets: behind(template.sequenceOffsets),
    numberOffsets: behind(template.numberOffsets),
    hexOffsets: behind(template.hexOffsets),
    timeOffsets: behind(template.timeOffsets),
    idOffset,
  };
}
