/** What the desktop host's preload script puts on the window; absent in a browser. */
interface JackfieldBridge {
  send(message: unknown): void;
  onMessage(callback: (message: unknown) => void): () => void;
}

interface Window {
  readonly jackfield?: JackfieldBridge;
}
