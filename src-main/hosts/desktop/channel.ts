/** The one IPC channel between preload and main. */
export const CHANNEL = 'jackfield:rpc';
