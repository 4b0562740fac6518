import { randomUUID } from 'node:crypto';
import { AppError, type Question } from '../../contract/index.js';

/** How long a server's question stays open. Nobody there means no. */
export const QUESTION_LIMIT_MS = 120_000;

export type Answer = { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, unknown> };

type Asked = Omit<Question, 'id' | 'expiresAt'>;
type Open = { question: Question; settle(answer: Answer): void };

export type QuestionPorts = {
  asked(question: Question): void;
  closed(id: string): void;
  /** Whether anybody could see a question. */
  isWatched?(): boolean;
};

/** What servers ask the person (MCP elicitation and sampling), until it is answered, expires, or its server ends. */
export class Questions {
  readonly #open = new Map<string, Open>();

  constructor(
    private readonly ports: QuestionPorts,
    private readonly limitMs = QUESTION_LIMIT_MS,
  ) {}

  list(): Question[] {
    return [...this.#open.values()].map((open) => open.question);
  }

  /** Whether a server waits for the person: its calls must not run out of time meanwhile. */
  isWaiting(serverId: string): boolean {
    return this.list().some((question) => question.serverId === serverId);
  }

  /** Resolves with the person's answer; `cancel` when nobody answers in time or the server takes it back. */
  ask(asked: Asked, signal: AbortSignal): Promise<Answer> {
    if (this.ports.isWatched?.() === false) return Promise.resolve({ action: 'cancel' });
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + this.limitMs).toISOString();
    const question = { id, ...asked, expiresAt };
    return new Promise((resolve) => {
      const withdraw = (): void => settle({ action: 'cancel' });
      const timer = setTimeout(withdraw, this.limitMs);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', withdraw);
        if (!this.#open.delete(id)) return;
        this.ports.closed(id);
        resolve(answer);
      };
      this.#open.set(id, { question, settle });
      this.ports.asked(question);
      if (signal.aborted) withdraw();
      else signal.addEventListener('abort', withdraw);
    });
  }

  /** @throws AppError `not_found` when it was answered already or has expired */
  answer(id: string, answer: Answer): void {
    const open = this.#open.get(id);
    if (!open)
      throw new AppError(
        'not_found',
        'This question is no longer open.',
        'It was answered already, it expired, or its server has ended.',
      );
    open.settle(answer);
  }

  /** Closes what a server asked that has ended, or everything. */
  closeAll(serverId?: string): void {
    for (const open of this.#open.values())
      if (serverId === undefined || open.question.serverId === serverId) open.settle({ action: 'cancel' });
  }
}
