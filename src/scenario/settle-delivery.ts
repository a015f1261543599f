import { LIMITS } from './defaults.ts';
import type { Experiment } from './experiment.ts';
import type { Deliver, ProtocolSpec, SendWay } from './protocol-spec.ts';
import type { PayloadClass, Population } from './scenario.ts';
import { atKey, blamed, type Report, type Setting, type Sources, settle } from './setting.ts';

/** `deliver` and `send`, which the reference protocol alone can do in several ways, → the protocol used so. */
export function settleDelivery(
  sources: Sources,
  protocol: Setting<ProtocolSpec>,
  report: Report,
): Setting<ProtocolSpec> | undefined {
  const { values, flags } = sources;
  const deliver = settle<Deliver>(sources, 'deliver', values.deliver, undefined, 'room');
  if (!deliver) return undefined;
  const usual = deliver.value === 'everyone' ? 'http' : 'websocket';
  const send = settle<SendWay>(sources, 'send', values.send, flags.send, usual);
  if (!send) return undefined;
  if (protocol.value !== 'reference') {
    for (const [key, setting] of [
      ['deliver', deliver],
      ['send', send],
    ] as const) {
      if (setting.from === 'default') continue;
      report(blamed(setting, protocol).blame(`expected no "${key}" with another protocol than reference`));
    }
    return protocol;
  }
  if (deliver.value === 'everyone' && send.value === 'websocket') {
    report(blamed(send, deliver).blame('expected send: http with deliver: everyone, which gateways take no other way'));
  }
  if (deliver.value === 'presence' && send.value === 'http') {
    report(blamed(send, deliver).blame('expected send: websocket with deliver: presence: a status is no HTTP request'));
  }
  if (deliver.value === 'room' && send.value === 'websocket') return protocol;
  return { ...protocol, value: { kind: 'reference', deliver: deliver.value, send: send.value } };
}

/** Whom messages go to; null where the protocol is another than the reference cluster's. */
export function deliverOf(protocol: ProtocolSpec | undefined): Deliver | null {
  if (protocol === 'reference') return 'room';
  return typeof protocol === 'object' && protocol.kind === 'reference' ? protocol.deliver : null;
}

/** Whether rooms, bodies and experiment go with whom messages go to. */
export function checkDelivery(
  sources: Sources,
  protocol: ProtocolSpec,
  { clients, roomClasses }: Population,
  payloads: readonly PayloadClass[] | undefined,
  experiment: Experiment | null,
  report: Report,
): void {
  const refuse = (text: string) => report(atKey(sources, 'deliver', text));
  const varied =
    experiment === null ? null : experiment.kind === 'sweep' ? experiment.varied : experiment.search.varied;
  switch (deliverOf(protocol)) {
    case 'direct':
      if (roomClasses.some(({ size }) => size !== 2)) refuse('expected rooms of 2 with direct: sender and recipient');
      if (varied === 'room-size') refuse('expected no room-size that varies with direct: rooms are of 2');
      break;
    case 'everyone':
      if (roomClasses.reduce((sum, { count }) => sum + count, 0) !== 1)
        refuse(`expected one room with everyone, of all ${clients} clients`);
      if (varied === 'clients')
        refuse('expected room-size instead of clients to vary with everyone: there is one room');
      break;
    case 'presence':
      if (payloads?.some(({ bytes }) => bytes > LIMITS.maxStatusBytes))
        refuse(`expected a payload of at most ${LIMITS.maxStatusBytes} bytes with presence: it is a status`);
      if (roomClasses.some(({ size }) => size > LIMITS.maxWatchers))
        refuse(`expected rooms of at most ${LIMITS.maxWatchers} with presence: their members all watch each other`);
      break;
    default:
      break;
  }
}
