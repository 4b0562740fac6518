import { contextBridge, ipcRenderer } from 'electron';
import { CHANNEL } from './channel.js';

// All that the page can reach of Electron: one pipe for messages, each checked on the other side.
contextBridge.exposeInMainWorld('jackfield', {
  send: (message: unknown): void => ipcRenderer.send(CHANNEL, message),
  onMessage: (callback: (message: unknown) => void): (() => void) => {
    const listener = (_event: unknown, message: unknown): void => callback(message);
    ipcRenderer.on(CHANNEL, listener);
    return () => ipcRenderer.off(CHANNEL, listener);
  },
});
