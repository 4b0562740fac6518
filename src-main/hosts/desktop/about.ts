import { app } from 'electron';

/** What the About box says on each platform. */
export function setupAbout(version: string): void {
  app.setAboutPanelOptions({
    applicationName: 'Jackfield',
    applicationVersion: version,
    // macOS would add the version of Electron here.
    version: '',
    copyright: 'MIT licence. The Jackfield authors.',
    credits: `A patch bay for MCP servers. Electron ${process.versions['electron'] ?? '?'}, Node ${process.versions.node}.`,
  });
}
