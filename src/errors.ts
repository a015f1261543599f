/** Exit codes of the command, also the ones of a CI gate. */
export const EXIT = {
  pass: 0,
  internal: 1,
  usage: 2,
  targetUnavailable: 3,
  thresholdFailed: 4,
  invalid: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** One that a scenario gives to a threshold of its own, 1–255. */
export type OwnExitCode = number & { readonly isOwn: true };

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | OwnExitCode;

/** Every kind of error that an operator can cause; each prints one line and a hint. */
export type ErrorCode =
  | 'usage'
  | 'scenario-unknown'
  | 'scenario-invalid'
  | 'output-unwritable'
  | 'result-unreadable'
  | 'fingerprints-differ'
  | 'target-unavailable'
  | 'target-failed';

const EXIT_OF: Record<ErrorCode, ExitCode> = {
  usage: EXIT.usage,
  'scenario-unknown': EXIT.usage,
  'scenario-invalid': EXIT.usage,
  'output-unwritable': EXIT.usage,
  'result-unreadable': EXIT.usage,
  'fingerprints-differ': EXIT.usage,
  'target-unavailable': EXIT.targetUnavailable,
  'target-failed': EXIT.targetUnavailable,
};

/**
 * An error that the operator can mend. `message` says what, where and what was expected; `hint` says what to do.
 * Printed once, in `cli/`. A bug is a plain Error; what happened to a client is data, never thrown.
 */
export class ChatbenchError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly exitCode: ExitCode;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ChatbenchError';
    this.code = code;
    this.hint = options.hint ?? null;
    this.exitCode = EXIT_OF[code];
  }
}
