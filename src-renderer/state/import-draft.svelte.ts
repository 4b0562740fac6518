/** Text on its way to the import screen: pasted into the "Add server" dialog, or dropped onto the window. */
class ImportDraft {
  text = $state('');
  fileName = $state<string>();

  take(): { text: string; fileName: string | undefined } {
    const taken = { text: this.text, fileName: this.fileName };
    this.text = '';
    this.fileName = undefined;
    return taken;
  }
}

export const importDraft = new ImportDraft();
