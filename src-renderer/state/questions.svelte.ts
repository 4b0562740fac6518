import type { Question } from '../../src-main/contract/index.js';

/** What servers ask the person (elicitation, sampling), oldest first. */
class Questions {
  items = $state.raw<Question[]>([]);

  load(questions: Question[]): void {
    this.items = questions;
  }

  add(question: Question): void {
    this.items = [...this.items.filter((other) => other.id !== question.id), question];
  }

  close(id: string): void {
    this.items = this.items.filter((question) => question.id !== id);
  }
}

export const questions = new Questions();
