import type { ServerInput } from '../../src-main/contract/index.js';

export type Question = {
  title: string;
  /** What will happen, and what will be lost, by name. */
  body: string;
  /** Each on a line of its own. */
  items?: string[];
  confirm: string;
  danger?: boolean;
  /** Something that is done too, unless the person takes its tick away. */
  option?: string;
};

export type Answer = { yes: boolean; option: boolean };

/** What the "Add server" dialog begins with. */
export type ServerDialog = { preset?: Partial<ServerInput> };

/** The dialogs that can be opened from anywhere: there is one of each, shown by `shell/Overlays.svelte`. */
class Dialogs {
  question = $state.raw<Question>();
  /** Whether the question's option is ticked. */
  option = $state(true);
  server = $state.raw<ServerDialog>();
  /** A remote's id to edit it, `new` to connect one. */
  remote = $state<string>();
  palette = $state(false);
  shortcuts = $state(false);
  #answer: ((answer: Answer) => void) | undefined;

  /** Asks before something that cannot be undone. False also when the dialog is closed. */
  async confirm(question: Question): Promise<boolean> {
    return (await this.ask(question)).yes;
  }

  /** The same for a question with an option. */
  ask(question: Question): Promise<Answer> {
    this.answer(false);
    this.question = question;
    this.option = question.option !== undefined;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(yes: boolean): void {
    this.#answer?.({ yes, option: yes && this.option });
    this.#answer = undefined;
    this.question = undefined;
  }

  addServer(preset?: Partial<ServerInput>): void {
    this.server = preset ? { preset } : {};
  }

  addRemote(): void {
    this.remote = 'new';
  }

  closeAll(): void {
    this.answer(false);
    this.server = undefined;
    this.remote = undefined;
    this.palette = false;
    this.shortcuts = false;
  }
}

export const dialogs = new Dialogs();
