import type { AgentJobRequest } from '../../launch/kubernetes/agent-manifests.ts';

/** Two agents that may load one host. */
export const AGENT_JOB: AgentJobRequest = {
  name: 'load-1',
  namespace: 'load',
  image: 'registry.example/chatbench:1.2.3',
  agents: 2,
  hosts: ['chat.example'],
  variables: ['TOKEN'],
  variablesFrom: 'chat-tokens',
  isOnce: true,
  goesOnWithoutLost: false,
  deadlineSeconds: 3_700,
  security: {
    certificate: 'CERTIFICATE',
    privateKey: 'PRIVATE KEY',
    users: [
      { nkey: 'UCONTROLLER', rights: null },
      { nkey: 'UAGENT', rights: { publish: ['cb.hello.UAGENT.*'], subscribe: ['cb.call'] } },
    ],
  },
  agentKey: '{"seed":"SUAGENT"}',
};
