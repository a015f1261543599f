/**
 * Who says what where. An agent's id is two words, its key's name and one of its own that is new with every start, so that rights can
 * be given per key.
 */
export const SUBJECTS = {
  /** controller → all agents */
  call: 'cb.call',
  /** agent → controllers */
  hello: (agent: string) => `cb.hello.${agent}`,
  anyHello: 'cb.hello.>',
  /** controller → agent */
  down: (run: string, agent: string) => `cb.${run}.down.${agent}`,
  anyDown: (agent: string) => `cb.*.down.${agent}`,
  /** agent → controller */
  up: (run: string, agent: string) => `cb.${run}.up.${agent}`,
};

/** What the key of agents may do at an engine, and nothing else: say who they are, and answer what is said to them. */
export function listAgentRights(keyName: string): {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
} {
  return {
    publish: [SUBJECTS.hello(`${keyName}.*`), SUBJECTS.up('*', `${keyName}.*`)],
    subscribe: [SUBJECTS.call, SUBJECTS.anyDown(`${keyName}.*`)],
  };
}
