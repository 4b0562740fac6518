// The scripts in build/ are plain JavaScript: they run before anything is installed.
declare module '*.mjs';
